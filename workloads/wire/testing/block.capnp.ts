// exchanges/schemas/block.capnp as capnp-ts 0.9.3 wants it, written by hand: its compiler is older than itself and
// cannot be run for it. Tests and the bench only; nothing on the hot path may import it.

import {
  CompositeList,
  type Data,
  type List,
  type ListCtor,
  ObjectSize,
  Struct,
  TextList,
} from 'capnp-ts'

export class Type extends Struct {
  static override readonly _capnp = {
    displayName: 'Type',
    id: '9804ba3e375b1258',
    size: new ObjectSize(0, 2),
  }
  getName(): string {
    return Struct.getText(0, this)
  }
  setName(value: string): void {
    Struct.setText(0, value, this)
  }
  getGroup(): string {
    return Struct.getText(1, this)
  }
  setGroup(value: string): void {
    Struct.setText(1, value, this)
  }
}

export class Record extends Struct {
  static override readonly _capnp = {
    displayName: 'Record',
    id: 'd2112a442daf670f',
    size: new ObjectSize(40, 1),
  }
  getRecv(): bigint {
    return Struct.getUint64(0, this)
  }
  setRecv(value: bigint): void {
    Struct.setUint64(0, value, this)
  }
  getNumber(): bigint {
    return Struct.getUint64(8, this)
  }
  setNumber(value: bigint): void {
    Struct.setUint64(8, value, this)
  }
  getSequence(): bigint {
    return Struct.getUint64(16, this)
  }
  setSequence(value: bigint): void {
    Struct.setUint64(16, value, this)
  }
  getScope(): number {
    return Struct.getUint32(24, this)
  }
  setScope(value: number): void {
    Struct.setUint32(24, value, this)
  }
  getSymbol(): number {
    return Struct.getUint32(28, this)
  }
  setSymbol(value: number): void {
    Struct.setUint32(28, value, this)
  }
  getType(): number {
    return Struct.getUint16(32, this)
  }
  setType(value: number): void {
    Struct.setUint16(32, value, this)
  }
  getForm(): number {
    return Struct.getUint16(34, this)
  }
  setForm(value: number): void {
    Struct.setUint16(34, value, this)
  }
  getSequenced(): boolean {
    return Struct.getBit(288, this)
  }
  setSequenced(value: boolean): void {
    Struct.setBit(288, value, this)
  }
  getPayload(): Data {
    return Struct.getData(0, this)
  }
  initPayload(length: number): Data {
    return Struct.initData(0, length, this)
  }
}

export class Block extends Struct {
  static override readonly _capnp = {
    displayName: 'Block',
    id: 'ebb5303ad10d4adb',
    size: new ObjectSize(16, 6),
  }
  static readonly _Types: ListCtor<Type> = CompositeList(Type)
  static readonly _Records: ListCtor<Record> = CompositeList(Record)
  getEnvironment(): string {
    return Struct.getText(0, this)
  }
  setEnvironment(value: string): void {
    Struct.setText(0, value, this)
  }
  getFeed(): string {
    return Struct.getText(1, this)
  }
  setFeed(value: string): void {
    Struct.setText(1, value, this)
  }
  getConnection(): string {
    return Struct.getText(2, this)
  }
  setConnection(value: string): void {
    Struct.setText(2, value, this)
  }
  getFirst(): bigint {
    return Struct.getUint64(0, this)
  }
  setFirst(value: bigint): void {
    Struct.setUint64(0, value, this)
  }
  getShard(): number {
    return Struct.getUint16(8, this)
  }
  setShard(value: number): void {
    Struct.setUint16(8, value, this)
  }
  getSimulated(): boolean {
    return Struct.getBit(80, this)
  }
  setSimulated(value: boolean): void {
    Struct.setBit(80, value, this)
  }
  getTypes(): List<Type> {
    return Struct.getList(3, Block._Types, this)
  }
  initTypes(length: number): List<Type> {
    return Struct.initList(3, Block._Types, length, this)
  }
  getSymbols(): List<string> {
    return Struct.getList(4, TextList, this)
  }
  initSymbols(length: number): List<string> {
    return Struct.initList(4, TextList, length, this)
  }
  getRecords(): List<Record> {
    return Struct.getList(5, Block._Records, this)
  }
  initRecords(length: number): List<Record> {
    return Struct.initList(5, Block._Records, length, this)
  }
}
