// Generated from crds/*.yaml by `npm run generate`. Do not edit. Written by ajv; see validators.gen.d.mts for types.
// biome-ignore-all lint: generated
// biome-ignore-all format: generated
// biome-ignore-all assist: generated
/* oxlint-disable */

import ucs2length from 'ajv/dist/runtime/ucs2length.js'

const formats = { date: function isDate(text ) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!parts) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return (
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  )
} }

export const validateFeed = validate10;
const schema11 = {"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","enum":["ssmd.io/v1alpha1"]},"kind":{"type":"string","enum":["Feed"]},"metadata":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"namespace":{"type":"string","maxLength":63,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"labels":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"annotations":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"uid":{"type":"string","maxLength":253},"resourceVersion":{"type":"string","maxLength":253},"generation":{"type":"integer"},"creationTimestamp":{"type":"string","maxLength":253},"deletionTimestamp":{"type":"string","maxLength":253},"deletionGracePeriodSeconds":{"type":"integer"},"finalizers":{"type":"array","maxItems":64,"items":{"type":"string","maxLength":253}},"selfLink":{"type":"string","maxLength":253},"generateName":{"type":"string","maxLength":253},"ownerReferences":{"type":"array","maxItems":64,"items":{"type":"object"}},"managedFields":{"type":"array","maxItems":1024,"items":{"type":"object"}}}},"spec":{"type":"object","required":["exchange","versions","channels"],"properties":{"displayName":{"type":"string","minLength":1,"maxLength":100},"exchange":{"type":"string","enum":["binance","coinbase","generic","kalshi","kraken","synthetic"]},"type":{"type":"string","enum":["websocket"],"default":"websocket"},"state":{"type":"string","enum":["active","deprecated","disabled"],"default":"active"},"versions":{"type":"array","minItems":1,"maxItems":32,"items":{"type":"object","required":["name","effectiveFrom","endpoint"],"properties":{"name":{"type":"string","minLength":1,"maxLength":32,"pattern":"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"},"effectiveFrom":{"type":"string","format":"date","maxLength":10,"pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"effectiveTo":{"type":"string","format":"date","maxLength":10,"pattern":"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},"endpoint":{"type":"string","maxLength":2048,"pattern":"^(wss?|synthetic)://[!-~]+$"},"restEndpoint":{"type":"string","maxLength":2048,"pattern":"^https?://[!-~]+$"},"protocol":{"type":"string","enum":["json"]},"authMethod":{"type":"string","enum":["none","apiKey"],"default":"none"},"rateLimitPerSecond":{"type":"integer","minimum":1,"maximum":100000},"maxSymbolsPerConnection":{"type":"integer","minimum":1,"maximum":1000000}},"additionalProperties":false}},"channels":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_.:@-]+$"}},"bookDepth":{"type":"integer","minimum":1,"maximum":5000},"symbols":{"type":"object","required":["include"],"properties":{"include":{"type":"array","minItems":1,"maxItems":10000,"items":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[^ \\t\\r\\n,]+$"}},"exclude":{"type":"array","maxItems":10000,"items":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[^ \\t\\r\\n,]+$"}},"discover":{"type":"object","default":{},"properties":{"interval":{"type":"string","default":"60s","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"path":{"type":"string","minLength":1,"maxLength":512,"pattern":"^/[!-~]*$"},"list":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"name":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}},"additionalProperties":false}},"additionalProperties":false},"subscribe":{"type":"array","maxItems":16,"items":{}},"unsubscribe":{"type":"array","maxItems":16,"items":{}},"symbolsPerMessage":{"type":"integer","minimum":1,"maximum":10000},"ping":{"type":"object","required":["message","interval"],"properties":{"message":{},"interval":{"type":"string","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}},"additionalProperties":false},"silence":{"type":"string","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"schema":{"type":"object","required":["name","source"],"properties":{"name":{"type":"string","maxLength":80,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?:[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"},"source":{"type":"string","minLength":2,"maxLength":65536}},"additionalProperties":false},"messageTypes":{"type":"array","maxItems":64,"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_.:@-]+$"},"kind":{"type":"string","enum":["data","ack","error","heartbeat","info"]},"type":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"match":{"type":"string","minLength":1,"maxLength":128},"group":{"type":"string","minLength":1,"maxLength":32,"pattern":"^[a-z][a-z0-9-]*$"},"symbol":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"time":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"timeUnit":{"type":"string","enum":["s","ms","us","ns"]},"sequence":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"scope":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.+][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"channel":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"reason":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"code":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"trade":{"type":"object","required":["price","size"],"properties":{"price":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"size":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"side":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"buy":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"string","minLength":1,"maxLength":64}},"sell":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"string","minLength":1,"maxLength":64}},"id":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}},"additionalProperties":false},"quote":{"type":"object","minProperties":1,"properties":{"bid":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"bidSize":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"ask":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"askSize":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"last":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"lastSize":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"},"volume":{"type":"string","minLength":1,"maxLength":128,"pattern":"^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}},"additionalProperties":false}},"additionalProperties":false}},"calendar":{"type":"object","properties":{"timezone":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_+/-]+$"},"holidayCalendar":{"type":"string","minLength":1,"maxLength":64},"openTime":{"type":"string","maxLength":5,"pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"},"closeTime":{"type":"string","maxLength":5,"pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"}},"additionalProperties":false},"captureLocations":{"type":"array","maxItems":16,"items":{"type":"object","required":["site"],"properties":{"site":{"type":"string","minLength":1,"maxLength":64},"type":{"type":"string","enum":["cloud","colo","onPrem"]},"provider":{"type":"string","minLength":1,"maxLength":64},"region":{"type":"string","minLength":1,"maxLength":64},"clock":{"type":"string","minLength":1,"maxLength":64}},"additionalProperties":false}}},"additionalProperties":false},"status":{"type":"object"}}};
const func2 = Object.prototype.hasOwnProperty;
const func3 = ucs2length.default;
const pattern0 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "u");
const pattern2 = new RegExp("^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", "u");
const pattern3 = new RegExp("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "u");
const pattern5 = new RegExp("^(wss?|synthetic)://[!-~]+$", "u");
const pattern6 = new RegExp("^https?://[!-~]+$", "u");
const pattern7 = new RegExp("^[A-Za-z0-9_.:@-]+$", "u");
const pattern8 = new RegExp("^[^ \\t\\r\\n,]+$", "u");
const pattern10 = new RegExp("^[1-9][0-9]{0,5}(ms|s|m|h|d)$", "u");
const pattern11 = new RegExp("^/[!-~]*$", "u");
const pattern12 = new RegExp("^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$", "u");
const pattern16 = new RegExp("^[a-z0-9]([-a-z0-9]*[a-z0-9])?:[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", "u");
const pattern19 = new RegExp("^[a-z][a-z0-9-]*$", "u");
const pattern23 = new RegExp("^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.+][A-Za-z0-9_-]+|\\[[0-9]*\\])*$", "u");
const pattern39 = new RegExp("^[A-Za-z0-9_+/-]+$", "u");
const pattern40 = new RegExp("^([01][0-9]|2[0-3]):[0-5][0-9]$", "u");
const formats0 = formats.date;

function validate10(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec")) || (key0 === "status"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "ssmd.io/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/enum",keyword:"enum",params:{allowedValues: schema11.properties.apiVersion.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Feed")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema11.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
let data2 = data.metadata;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err9 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data2){
if(!(func2.call(schema11.properties.metadata.properties, key1))){
const err10 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(func3(data3) > 40){
const err11 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!pattern0.test(data3)){
const err12 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data2.namespace !== undefined){
let data4 = data2.namespace;
if(typeof data4 === "string"){
if(func3(data4) > 63){
const err14 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern0.test(data4)){
const err15 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data2.labels !== undefined){
let data5 = data2.labels;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(Object.keys(data5).length > 256){
const err17 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data5){
let data6 = data5[key2];
if(typeof data6 === "string"){
if(func3(data6) > 262144){
const err18 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.annotations !== undefined){
let data7 = data2.annotations;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(Object.keys(data7).length > 256){
const err21 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key3 in data7){
let data8 = data7[key3];
if(typeof data8 === "string"){
if(func3(data8) > 262144){
const err22 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.uid !== undefined){
let data9 = data2.uid;
if(typeof data9 === "string"){
if(func3(data9) > 253){
const err25 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.resourceVersion !== undefined){
let data10 = data2.resourceVersion;
if(typeof data10 === "string"){
if(func3(data10) > 253){
const err27 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.generation !== undefined){
let data11 = data2.generation;
if(!((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11)))){
const err29 = {instancePath:instancePath+"/metadata/generation",schemaPath:"#/properties/metadata/properties/generation/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data2.creationTimestamp !== undefined){
let data12 = data2.creationTimestamp;
if(typeof data12 === "string"){
if(func3(data12) > 253){
const err30 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data2.deletionTimestamp !== undefined){
let data13 = data2.deletionTimestamp;
if(typeof data13 === "string"){
if(func3(data13) > 253){
const err32 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data2.deletionGracePeriodSeconds !== undefined){
let data14 = data2.deletionGracePeriodSeconds;
if(!((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14)))){
const err34 = {instancePath:instancePath+"/metadata/deletionGracePeriodSeconds",schemaPath:"#/properties/metadata/properties/deletionGracePeriodSeconds/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.finalizers !== undefined){
let data15 = data2.finalizers;
if(Array.isArray(data15)){
if(data15.length > 64){
const err35 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
if(typeof data16 === "string"){
if(func3(data16) > 253){
const err36 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data2.selfLink !== undefined){
let data17 = data2.selfLink;
if(typeof data17 === "string"){
if(func3(data17) > 253){
const err39 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data2.generateName !== undefined){
let data18 = data2.generateName;
if(typeof data18 === "string"){
if(func3(data18) > 253){
const err41 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data2.ownerReferences !== undefined){
let data19 = data2.ownerReferences;
if(Array.isArray(data19)){
if(data19.length > 64){
const err43 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
const len1 = data19.length;
for(let i1=0; i1<len1; i1++){
let data20 = data19[i1];
if(!(data20 && typeof data20 == "object" && !Array.isArray(data20))){
const err44 = {instancePath:instancePath+"/metadata/ownerReferences/" + i1,schemaPath:"#/properties/metadata/properties/ownerReferences/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data2.managedFields !== undefined){
let data21 = data2.managedFields;
if(Array.isArray(data21)){
if(data21.length > 1024){
const err46 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len2 = data21.length;
for(let i2=0; i2<len2; i2++){
let data22 = data21[i2];
if(!(data22 && typeof data22 == "object" && !Array.isArray(data22))){
const err47 = {instancePath:instancePath+"/metadata/managedFields/" + i2,schemaPath:"#/properties/metadata/properties/managedFields/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
else {
const err49 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data.spec !== undefined){
let data23 = data.spec;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
if(data23.type === undefined){
data23.type = "websocket";
}
if(data23.state === undefined){
data23.state = "active";
}
if(data23.exchange === undefined){
const err50 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "exchange"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data23.versions === undefined){
const err51 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "versions"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data23.channels === undefined){
const err52 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "channels"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
for(const key4 in data23){
if(!(func2.call(schema11.properties.spec.properties, key4))){
const err53 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data23.displayName !== undefined){
let data24 = data23.displayName;
if(typeof data24 === "string"){
if(func3(data24) > 100){
const err54 = {instancePath:instancePath+"/spec/displayName",schemaPath:"#/properties/spec/properties/displayName/maxLength",keyword:"maxLength",params:{limit: 100}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
if(func3(data24) < 1){
const err55 = {instancePath:instancePath+"/spec/displayName",schemaPath:"#/properties/spec/properties/displayName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
else {
const err56 = {instancePath:instancePath+"/spec/displayName",schemaPath:"#/properties/spec/properties/displayName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
}
if(data23.exchange !== undefined){
let data25 = data23.exchange;
if(typeof data25 !== "string"){
const err57 = {instancePath:instancePath+"/spec/exchange",schemaPath:"#/properties/spec/properties/exchange/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(!((((((data25 === "binance") || (data25 === "coinbase")) || (data25 === "generic")) || (data25 === "kalshi")) || (data25 === "kraken")) || (data25 === "synthetic"))){
const err58 = {instancePath:instancePath+"/spec/exchange",schemaPath:"#/properties/spec/properties/exchange/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.exchange.enum}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
let data26 = data23.type;
if(typeof data26 !== "string"){
const err59 = {instancePath:instancePath+"/spec/type",schemaPath:"#/properties/spec/properties/type/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
if(!(data26 === "websocket")){
const err60 = {instancePath:instancePath+"/spec/type",schemaPath:"#/properties/spec/properties/type/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.type.enum}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
let data27 = data23.state;
if(typeof data27 !== "string"){
const err61 = {instancePath:instancePath+"/spec/state",schemaPath:"#/properties/spec/properties/state/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(!(((data27 === "active") || (data27 === "deprecated")) || (data27 === "disabled"))){
const err62 = {instancePath:instancePath+"/spec/state",schemaPath:"#/properties/spec/properties/state/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.state.enum}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(data23.versions !== undefined){
let data28 = data23.versions;
if(Array.isArray(data28)){
if(data28.length > 32){
const err63 = {instancePath:instancePath+"/spec/versions",schemaPath:"#/properties/spec/properties/versions/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(data28.length < 1){
const err64 = {instancePath:instancePath+"/spec/versions",schemaPath:"#/properties/spec/properties/versions/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
const len3 = data28.length;
for(let i3=0; i3<len3; i3++){
let data29 = data28[i3];
if(data29 && typeof data29 == "object" && !Array.isArray(data29)){
if(data29.authMethod === undefined){
data29.authMethod = "none";
}
if(data29.name === undefined){
const err65 = {instancePath:instancePath+"/spec/versions/" + i3,schemaPath:"#/properties/spec/properties/versions/items/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
if(data29.effectiveFrom === undefined){
const err66 = {instancePath:instancePath+"/spec/versions/" + i3,schemaPath:"#/properties/spec/properties/versions/items/required",keyword:"required",params:{missingProperty: "effectiveFrom"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
if(data29.endpoint === undefined){
const err67 = {instancePath:instancePath+"/spec/versions/" + i3,schemaPath:"#/properties/spec/properties/versions/items/required",keyword:"required",params:{missingProperty: "endpoint"}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
for(const key5 in data29){
if(!(func2.call(schema11.properties.spec.properties.versions.items.properties, key5))){
const err68 = {instancePath:instancePath+"/spec/versions/" + i3,schemaPath:"#/properties/spec/properties/versions/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data29.name !== undefined){
let data30 = data29.name;
if(typeof data30 === "string"){
if(func3(data30) > 32){
const err69 = {instancePath:instancePath+"/spec/versions/" + i3+"/name",schemaPath:"#/properties/spec/properties/versions/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(func3(data30) < 1){
const err70 = {instancePath:instancePath+"/spec/versions/" + i3+"/name",schemaPath:"#/properties/spec/properties/versions/items/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if(!pattern2.test(data30)){
const err71 = {instancePath:instancePath+"/spec/versions/" + i3+"/name",schemaPath:"#/properties/spec/properties/versions/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
else {
const err72 = {instancePath:instancePath+"/spec/versions/" + i3+"/name",schemaPath:"#/properties/spec/properties/versions/items/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
if(data29.effectiveFrom !== undefined){
let data31 = data29.effectiveFrom;
if(typeof data31 === "string"){
if(func3(data31) > 10){
const err73 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveFrom",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveFrom/maxLength",keyword:"maxLength",params:{limit: 10}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if(!pattern3.test(data31)){
const err74 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveFrom",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveFrom/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
if(!(formats0(data31))){
const err75 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveFrom",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveFrom/format",keyword:"format",params:{format: "date"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
else {
const err76 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveFrom",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveFrom/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
}
if(data29.effectiveTo !== undefined){
let data32 = data29.effectiveTo;
if(typeof data32 === "string"){
if(func3(data32) > 10){
const err77 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveTo",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveTo/maxLength",keyword:"maxLength",params:{limit: 10}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
if(!pattern3.test(data32)){
const err78 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveTo",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveTo/pattern",keyword:"pattern",params:{pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if(!(formats0(data32))){
const err79 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveTo",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveTo/format",keyword:"format",params:{format: "date"}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
else {
const err80 = {instancePath:instancePath+"/spec/versions/" + i3+"/effectiveTo",schemaPath:"#/properties/spec/properties/versions/items/properties/effectiveTo/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
if(data29.endpoint !== undefined){
let data33 = data29.endpoint;
if(typeof data33 === "string"){
if(func3(data33) > 2048){
const err81 = {instancePath:instancePath+"/spec/versions/" + i3+"/endpoint",schemaPath:"#/properties/spec/properties/versions/items/properties/endpoint/maxLength",keyword:"maxLength",params:{limit: 2048}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
if(!pattern5.test(data33)){
const err82 = {instancePath:instancePath+"/spec/versions/" + i3+"/endpoint",schemaPath:"#/properties/spec/properties/versions/items/properties/endpoint/pattern",keyword:"pattern",params:{pattern: "^(wss?|synthetic)://[!-~]+$"}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
else {
const err83 = {instancePath:instancePath+"/spec/versions/" + i3+"/endpoint",schemaPath:"#/properties/spec/properties/versions/items/properties/endpoint/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
if(data29.restEndpoint !== undefined){
let data34 = data29.restEndpoint;
if(typeof data34 === "string"){
if(func3(data34) > 2048){
const err84 = {instancePath:instancePath+"/spec/versions/" + i3+"/restEndpoint",schemaPath:"#/properties/spec/properties/versions/items/properties/restEndpoint/maxLength",keyword:"maxLength",params:{limit: 2048}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(!pattern6.test(data34)){
const err85 = {instancePath:instancePath+"/spec/versions/" + i3+"/restEndpoint",schemaPath:"#/properties/spec/properties/versions/items/properties/restEndpoint/pattern",keyword:"pattern",params:{pattern: "^https?://[!-~]+$"}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/spec/versions/" + i3+"/restEndpoint",schemaPath:"#/properties/spec/properties/versions/items/properties/restEndpoint/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data29.protocol !== undefined){
let data35 = data29.protocol;
if(typeof data35 !== "string"){
const err87 = {instancePath:instancePath+"/spec/versions/" + i3+"/protocol",schemaPath:"#/properties/spec/properties/versions/items/properties/protocol/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(!(data35 === "json")){
const err88 = {instancePath:instancePath+"/spec/versions/" + i3+"/protocol",schemaPath:"#/properties/spec/properties/versions/items/properties/protocol/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.versions.items.properties.protocol.enum}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
let data36 = data29.authMethod;
if(typeof data36 !== "string"){
const err89 = {instancePath:instancePath+"/spec/versions/" + i3+"/authMethod",schemaPath:"#/properties/spec/properties/versions/items/properties/authMethod/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(!((data36 === "none") || (data36 === "apiKey"))){
const err90 = {instancePath:instancePath+"/spec/versions/" + i3+"/authMethod",schemaPath:"#/properties/spec/properties/versions/items/properties/authMethod/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.versions.items.properties.authMethod.enum}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(data29.rateLimitPerSecond !== undefined){
let data37 = data29.rateLimitPerSecond;
if(!((typeof data37 == "number") && (!(data37 % 1) && !isNaN(data37)))){
const err91 = {instancePath:instancePath+"/spec/versions/" + i3+"/rateLimitPerSecond",schemaPath:"#/properties/spec/properties/versions/items/properties/rateLimitPerSecond/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
if(typeof data37 == "number"){
if(data37 > 100000 || isNaN(data37)){
const err92 = {instancePath:instancePath+"/spec/versions/" + i3+"/rateLimitPerSecond",schemaPath:"#/properties/spec/properties/versions/items/properties/rateLimitPerSecond/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(data37 < 1 || isNaN(data37)){
const err93 = {instancePath:instancePath+"/spec/versions/" + i3+"/rateLimitPerSecond",schemaPath:"#/properties/spec/properties/versions/items/properties/rateLimitPerSecond/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
}
if(data29.maxSymbolsPerConnection !== undefined){
let data38 = data29.maxSymbolsPerConnection;
if(!((typeof data38 == "number") && (!(data38 % 1) && !isNaN(data38)))){
const err94 = {instancePath:instancePath+"/spec/versions/" + i3+"/maxSymbolsPerConnection",schemaPath:"#/properties/spec/properties/versions/items/properties/maxSymbolsPerConnection/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(typeof data38 == "number"){
if(data38 > 1000000 || isNaN(data38)){
const err95 = {instancePath:instancePath+"/spec/versions/" + i3+"/maxSymbolsPerConnection",schemaPath:"#/properties/spec/properties/versions/items/properties/maxSymbolsPerConnection/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(data38 < 1 || isNaN(data38)){
const err96 = {instancePath:instancePath+"/spec/versions/" + i3+"/maxSymbolsPerConnection",schemaPath:"#/properties/spec/properties/versions/items/properties/maxSymbolsPerConnection/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
}
}
else {
const err97 = {instancePath:instancePath+"/spec/versions/" + i3,schemaPath:"#/properties/spec/properties/versions/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
}
else {
const err98 = {instancePath:instancePath+"/spec/versions",schemaPath:"#/properties/spec/properties/versions/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
if(data23.channels !== undefined){
let data39 = data23.channels;
if(Array.isArray(data39)){
if(data39.length > 64){
const err99 = {instancePath:instancePath+"/spec/channels",schemaPath:"#/properties/spec/properties/channels/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if(data39.length < 1){
const err100 = {instancePath:instancePath+"/spec/channels",schemaPath:"#/properties/spec/properties/channels/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
const len4 = data39.length;
for(let i4=0; i4<len4; i4++){
let data40 = data39[i4];
if(typeof data40 === "string"){
if(func3(data40) > 64){
const err101 = {instancePath:instancePath+"/spec/channels/" + i4,schemaPath:"#/properties/spec/properties/channels/items/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if(func3(data40) < 1){
const err102 = {instancePath:instancePath+"/spec/channels/" + i4,schemaPath:"#/properties/spec/properties/channels/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(!pattern7.test(data40)){
const err103 = {instancePath:instancePath+"/spec/channels/" + i4,schemaPath:"#/properties/spec/properties/channels/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.:@-]+$"}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
}
else {
const err104 = {instancePath:instancePath+"/spec/channels/" + i4,schemaPath:"#/properties/spec/properties/channels/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
}
else {
const err105 = {instancePath:instancePath+"/spec/channels",schemaPath:"#/properties/spec/properties/channels/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
}
if(data23.bookDepth !== undefined){
let data41 = data23.bookDepth;
if(!((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41)))){
const err106 = {instancePath:instancePath+"/spec/bookDepth",schemaPath:"#/properties/spec/properties/bookDepth/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if(typeof data41 == "number"){
if(data41 > 5000 || isNaN(data41)){
const err107 = {instancePath:instancePath+"/spec/bookDepth",schemaPath:"#/properties/spec/properties/bookDepth/maximum",keyword:"maximum",params:{comparison: "<=", limit: 5000}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
if(data41 < 1 || isNaN(data41)){
const err108 = {instancePath:instancePath+"/spec/bookDepth",schemaPath:"#/properties/spec/properties/bookDepth/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
}
if(data23.symbols !== undefined){
let data42 = data23.symbols;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
if(data42.discover === undefined){
data42.discover = {};
}
if(data42.include === undefined){
const err109 = {instancePath:instancePath+"/spec/symbols",schemaPath:"#/properties/spec/properties/symbols/required",keyword:"required",params:{missingProperty: "include"}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
for(const key6 in data42){
if(!(((key6 === "include") || (key6 === "exclude")) || (key6 === "discover"))){
const err110 = {instancePath:instancePath+"/spec/symbols",schemaPath:"#/properties/spec/properties/symbols/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data42.include !== undefined){
let data43 = data42.include;
if(Array.isArray(data43)){
if(data43.length > 10000){
const err111 = {instancePath:instancePath+"/spec/symbols/include",schemaPath:"#/properties/spec/properties/symbols/properties/include/maxItems",keyword:"maxItems",params:{limit: 10000}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(data43.length < 1){
const err112 = {instancePath:instancePath+"/spec/symbols/include",schemaPath:"#/properties/spec/properties/symbols/properties/include/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
const len5 = data43.length;
for(let i5=0; i5<len5; i5++){
let data44 = data43[i5];
if(typeof data44 === "string"){
if(func3(data44) > 128){
const err113 = {instancePath:instancePath+"/spec/symbols/include/" + i5,schemaPath:"#/properties/spec/properties/symbols/properties/include/items/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(func3(data44) < 1){
const err114 = {instancePath:instancePath+"/spec/symbols/include/" + i5,schemaPath:"#/properties/spec/properties/symbols/properties/include/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
if(!pattern8.test(data44)){
const err115 = {instancePath:instancePath+"/spec/symbols/include/" + i5,schemaPath:"#/properties/spec/properties/symbols/properties/include/items/pattern",keyword:"pattern",params:{pattern: "^[^ \\t\\r\\n,]+$"}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
else {
const err116 = {instancePath:instancePath+"/spec/symbols/include/" + i5,schemaPath:"#/properties/spec/properties/symbols/properties/include/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
}
else {
const err117 = {instancePath:instancePath+"/spec/symbols/include",schemaPath:"#/properties/spec/properties/symbols/properties/include/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
if(data42.exclude !== undefined){
let data45 = data42.exclude;
if(Array.isArray(data45)){
if(data45.length > 10000){
const err118 = {instancePath:instancePath+"/spec/symbols/exclude",schemaPath:"#/properties/spec/properties/symbols/properties/exclude/maxItems",keyword:"maxItems",params:{limit: 10000}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
const len6 = data45.length;
for(let i6=0; i6<len6; i6++){
let data46 = data45[i6];
if(typeof data46 === "string"){
if(func3(data46) > 128){
const err119 = {instancePath:instancePath+"/spec/symbols/exclude/" + i6,schemaPath:"#/properties/spec/properties/symbols/properties/exclude/items/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
if(func3(data46) < 1){
const err120 = {instancePath:instancePath+"/spec/symbols/exclude/" + i6,schemaPath:"#/properties/spec/properties/symbols/properties/exclude/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
if(!pattern8.test(data46)){
const err121 = {instancePath:instancePath+"/spec/symbols/exclude/" + i6,schemaPath:"#/properties/spec/properties/symbols/properties/exclude/items/pattern",keyword:"pattern",params:{pattern: "^[^ \\t\\r\\n,]+$"}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
else {
const err122 = {instancePath:instancePath+"/spec/symbols/exclude/" + i6,schemaPath:"#/properties/spec/properties/symbols/properties/exclude/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
}
else {
const err123 = {instancePath:instancePath+"/spec/symbols/exclude",schemaPath:"#/properties/spec/properties/symbols/properties/exclude/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
let data47 = data42.discover;
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
if(data47.interval === undefined){
data47.interval = "60s";
}
for(const key7 in data47){
if(!((((key7 === "interval") || (key7 === "path")) || (key7 === "list")) || (key7 === "name"))){
const err124 = {instancePath:instancePath+"/spec/symbols/discover",schemaPath:"#/properties/spec/properties/symbols/properties/discover/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
let data48 = data47.interval;
if(typeof data48 === "string"){
if(func3(data48) > 8){
const err125 = {instancePath:instancePath+"/spec/symbols/discover/interval",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/interval/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
if(!pattern10.test(data48)){
const err126 = {instancePath:instancePath+"/spec/symbols/discover/interval",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/interval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
else {
const err127 = {instancePath:instancePath+"/spec/symbols/discover/interval",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/interval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
if(data47.path !== undefined){
let data49 = data47.path;
if(typeof data49 === "string"){
if(func3(data49) > 512){
const err128 = {instancePath:instancePath+"/spec/symbols/discover/path",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/path/maxLength",keyword:"maxLength",params:{limit: 512}};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
if(func3(data49) < 1){
const err129 = {instancePath:instancePath+"/spec/symbols/discover/path",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
if(!pattern11.test(data49)){
const err130 = {instancePath:instancePath+"/spec/symbols/discover/path",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/path/pattern",keyword:"pattern",params:{pattern: "^/[!-~]*$"}};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
else {
const err131 = {instancePath:instancePath+"/spec/symbols/discover/path",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
if(data47.list !== undefined){
let data50 = data47.list;
if(typeof data50 === "string"){
if(func3(data50) > 128){
const err132 = {instancePath:instancePath+"/spec/symbols/discover/list",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/list/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
if(func3(data50) < 1){
const err133 = {instancePath:instancePath+"/spec/symbols/discover/list",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/list/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
if(!pattern12.test(data50)){
const err134 = {instancePath:instancePath+"/spec/symbols/discover/list",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/list/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
else {
const err135 = {instancePath:instancePath+"/spec/symbols/discover/list",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/list/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
if(data47.name !== undefined){
let data51 = data47.name;
if(typeof data51 === "string"){
if(func3(data51) > 128){
const err136 = {instancePath:instancePath+"/spec/symbols/discover/name",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/name/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
if(func3(data51) < 1){
const err137 = {instancePath:instancePath+"/spec/symbols/discover/name",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
if(!pattern12.test(data51)){
const err138 = {instancePath:instancePath+"/spec/symbols/discover/name",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/name/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
else {
const err139 = {instancePath:instancePath+"/spec/symbols/discover/name",schemaPath:"#/properties/spec/properties/symbols/properties/discover/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
}
}
else {
const err140 = {instancePath:instancePath+"/spec/symbols/discover",schemaPath:"#/properties/spec/properties/symbols/properties/discover/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
else {
const err141 = {instancePath:instancePath+"/spec/symbols",schemaPath:"#/properties/spec/properties/symbols/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(data23.subscribe !== undefined){
let data52 = data23.subscribe;
if(Array.isArray(data52)){
if(data52.length > 16){
const err142 = {instancePath:instancePath+"/spec/subscribe",schemaPath:"#/properties/spec/properties/subscribe/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
}
else {
const err143 = {instancePath:instancePath+"/spec/subscribe",schemaPath:"#/properties/spec/properties/subscribe/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
if(data23.unsubscribe !== undefined){
let data53 = data23.unsubscribe;
if(Array.isArray(data53)){
if(data53.length > 16){
const err144 = {instancePath:instancePath+"/spec/unsubscribe",schemaPath:"#/properties/spec/properties/unsubscribe/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
else {
const err145 = {instancePath:instancePath+"/spec/unsubscribe",schemaPath:"#/properties/spec/properties/unsubscribe/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(data23.symbolsPerMessage !== undefined){
let data54 = data23.symbolsPerMessage;
if(!((typeof data54 == "number") && (!(data54 % 1) && !isNaN(data54)))){
const err146 = {instancePath:instancePath+"/spec/symbolsPerMessage",schemaPath:"#/properties/spec/properties/symbolsPerMessage/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
if(typeof data54 == "number"){
if(data54 > 10000 || isNaN(data54)){
const err147 = {instancePath:instancePath+"/spec/symbolsPerMessage",schemaPath:"#/properties/spec/properties/symbolsPerMessage/maximum",keyword:"maximum",params:{comparison: "<=", limit: 10000}};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
if(data54 < 1 || isNaN(data54)){
const err148 = {instancePath:instancePath+"/spec/symbolsPerMessage",schemaPath:"#/properties/spec/properties/symbolsPerMessage/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
}
}
if(data23.ping !== undefined){
let data55 = data23.ping;
if(data55 && typeof data55 == "object" && !Array.isArray(data55)){
if(data55.message === undefined){
const err149 = {instancePath:instancePath+"/spec/ping",schemaPath:"#/properties/spec/properties/ping/required",keyword:"required",params:{missingProperty: "message"}};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
if(data55.interval === undefined){
const err150 = {instancePath:instancePath+"/spec/ping",schemaPath:"#/properties/spec/properties/ping/required",keyword:"required",params:{missingProperty: "interval"}};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
for(const key8 in data55){
if(!((key8 === "message") || (key8 === "interval"))){
const err151 = {instancePath:instancePath+"/spec/ping",schemaPath:"#/properties/spec/properties/ping/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8}};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
if(data55.interval !== undefined){
let data56 = data55.interval;
if(typeof data56 === "string"){
if(func3(data56) > 8){
const err152 = {instancePath:instancePath+"/spec/ping/interval",schemaPath:"#/properties/spec/properties/ping/properties/interval/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
if(!pattern10.test(data56)){
const err153 = {instancePath:instancePath+"/spec/ping/interval",schemaPath:"#/properties/spec/properties/ping/properties/interval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
else {
const err154 = {instancePath:instancePath+"/spec/ping/interval",schemaPath:"#/properties/spec/properties/ping/properties/interval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
}
else {
const err155 = {instancePath:instancePath+"/spec/ping",schemaPath:"#/properties/spec/properties/ping/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
if(data23.silence !== undefined){
let data57 = data23.silence;
if(typeof data57 === "string"){
if(func3(data57) > 8){
const err156 = {instancePath:instancePath+"/spec/silence",schemaPath:"#/properties/spec/properties/silence/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
if(!pattern10.test(data57)){
const err157 = {instancePath:instancePath+"/spec/silence",schemaPath:"#/properties/spec/properties/silence/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
else {
const err158 = {instancePath:instancePath+"/spec/silence",schemaPath:"#/properties/spec/properties/silence/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
}
if(data23.schema !== undefined){
let data58 = data23.schema;
if(data58 && typeof data58 == "object" && !Array.isArray(data58)){
if(data58.name === undefined){
const err159 = {instancePath:instancePath+"/spec/schema",schemaPath:"#/properties/spec/properties/schema/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
if(data58.source === undefined){
const err160 = {instancePath:instancePath+"/spec/schema",schemaPath:"#/properties/spec/properties/schema/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
for(const key9 in data58){
if(!((key9 === "name") || (key9 === "source"))){
const err161 = {instancePath:instancePath+"/spec/schema",schemaPath:"#/properties/spec/properties/schema/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
if(data58.name !== undefined){
let data59 = data58.name;
if(typeof data59 === "string"){
if(func3(data59) > 80){
const err162 = {instancePath:instancePath+"/spec/schema/name",schemaPath:"#/properties/spec/properties/schema/properties/name/maxLength",keyword:"maxLength",params:{limit: 80}};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
if(!pattern16.test(data59)){
const err163 = {instancePath:instancePath+"/spec/schema/name",schemaPath:"#/properties/spec/properties/schema/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?:[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
else {
const err164 = {instancePath:instancePath+"/spec/schema/name",schemaPath:"#/properties/spec/properties/schema/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
}
if(data58.source !== undefined){
let data60 = data58.source;
if(typeof data60 === "string"){
if(func3(data60) > 65536){
const err165 = {instancePath:instancePath+"/spec/schema/source",schemaPath:"#/properties/spec/properties/schema/properties/source/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
if(func3(data60) < 2){
const err166 = {instancePath:instancePath+"/spec/schema/source",schemaPath:"#/properties/spec/properties/schema/properties/source/minLength",keyword:"minLength",params:{limit: 2}};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
}
else {
const err167 = {instancePath:instancePath+"/spec/schema/source",schemaPath:"#/properties/spec/properties/schema/properties/source/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
}
}
else {
const err168 = {instancePath:instancePath+"/spec/schema",schemaPath:"#/properties/spec/properties/schema/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
if(data23.messageTypes !== undefined){
let data61 = data23.messageTypes;
if(Array.isArray(data61)){
if(data61.length > 64){
const err169 = {instancePath:instancePath+"/spec/messageTypes",schemaPath:"#/properties/spec/properties/messageTypes/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
const len7 = data61.length;
for(let i7=0; i7<len7; i7++){
let data62 = data61[i7];
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
if(data62.name === undefined){
const err170 = {instancePath:instancePath+"/spec/messageTypes/" + i7,schemaPath:"#/properties/spec/properties/messageTypes/items/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
for(const key10 in data62){
if(!(func2.call(schema11.properties.spec.properties.messageTypes.items.properties, key10))){
const err171 = {instancePath:instancePath+"/spec/messageTypes/" + i7,schemaPath:"#/properties/spec/properties/messageTypes/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10}};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
}
if(data62.name !== undefined){
let data63 = data62.name;
if(typeof data63 === "string"){
if(func3(data63) > 64){
const err172 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/name",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
if(func3(data63) < 1){
const err173 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/name",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
if(!pattern7.test(data63)){
const err174 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/name",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.:@-]+$"}};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
}
else {
const err175 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/name",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
}
if(data62.kind !== undefined){
let data64 = data62.kind;
if(typeof data64 !== "string"){
const err176 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/kind",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
if(!(((((data64 === "data") || (data64 === "ack")) || (data64 === "error")) || (data64 === "heartbeat")) || (data64 === "info"))){
const err177 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/kind",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.messageTypes.items.properties.kind.enum}};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
}
if(data62.type !== undefined){
let data65 = data62.type;
if(typeof data65 === "string"){
if(func3(data65) > 128){
const err178 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/type",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/type/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
if(func3(data65) < 1){
const err179 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/type",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/type/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
if(!pattern12.test(data65)){
const err180 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/type",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/type/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
}
else {
const err181 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/type",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/type/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
}
if(data62.match !== undefined){
let data66 = data62.match;
if(typeof data66 === "string"){
if(func3(data66) > 128){
const err182 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/match",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/match/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
if(func3(data66) < 1){
const err183 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/match",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/match/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
}
else {
const err184 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/match",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/match/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
}
if(data62.group !== undefined){
let data67 = data62.group;
if(typeof data67 === "string"){
if(func3(data67) > 32){
const err185 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/group",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/group/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
if(func3(data67) < 1){
const err186 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/group",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/group/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
}
if(!pattern19.test(data67)){
const err187 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/group",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/group/pattern",keyword:"pattern",params:{pattern: "^[a-z][a-z0-9-]*$"}};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
}
else {
const err188 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/group",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/group/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
}
if(data62.symbol !== undefined){
let data68 = data62.symbol;
if(typeof data68 === "string"){
if(func3(data68) > 128){
const err189 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/symbol",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/symbol/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
if(func3(data68) < 1){
const err190 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/symbol",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/symbol/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
}
if(!pattern12.test(data68)){
const err191 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/symbol",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/symbol/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
}
else {
const err192 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/symbol",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/symbol/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
}
if(data62.time !== undefined){
let data69 = data62.time;
if(typeof data69 === "string"){
if(func3(data69) > 128){
const err193 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/time",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/time/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
if(func3(data69) < 1){
const err194 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/time",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/time/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
}
if(!pattern12.test(data69)){
const err195 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/time",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/time/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
}
else {
const err196 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/time",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/time/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
}
if(data62.timeUnit !== undefined){
let data70 = data62.timeUnit;
if(typeof data70 !== "string"){
const err197 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/timeUnit",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/timeUnit/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
if(!((((data70 === "s") || (data70 === "ms")) || (data70 === "us")) || (data70 === "ns"))){
const err198 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/timeUnit",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/timeUnit/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.messageTypes.items.properties.timeUnit.enum}};
if(vErrors === null){
vErrors = [err198];
}
else {
vErrors.push(err198);
}
errors++;
}
}
if(data62.sequence !== undefined){
let data71 = data62.sequence;
if(typeof data71 === "string"){
if(func3(data71) > 128){
const err199 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/sequence",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/sequence/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err199];
}
else {
vErrors.push(err199);
}
errors++;
}
if(func3(data71) < 1){
const err200 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/sequence",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/sequence/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err200];
}
else {
vErrors.push(err200);
}
errors++;
}
if(!pattern12.test(data71)){
const err201 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/sequence",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/sequence/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err201];
}
else {
vErrors.push(err201);
}
errors++;
}
}
else {
const err202 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/sequence",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/sequence/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err202];
}
else {
vErrors.push(err202);
}
errors++;
}
}
if(data62.scope !== undefined){
let data72 = data62.scope;
if(typeof data72 === "string"){
if(func3(data72) > 128){
const err203 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/scope",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/scope/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err203];
}
else {
vErrors.push(err203);
}
errors++;
}
if(func3(data72) < 1){
const err204 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/scope",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/scope/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err204];
}
else {
vErrors.push(err204);
}
errors++;
}
if(!pattern23.test(data72)){
const err205 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/scope",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/scope/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.+][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err205];
}
else {
vErrors.push(err205);
}
errors++;
}
}
else {
const err206 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/scope",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/scope/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err206];
}
else {
vErrors.push(err206);
}
errors++;
}
}
if(data62.channel !== undefined){
let data73 = data62.channel;
if(typeof data73 === "string"){
if(func3(data73) > 128){
const err207 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/channel",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/channel/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err207];
}
else {
vErrors.push(err207);
}
errors++;
}
if(func3(data73) < 1){
const err208 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/channel",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/channel/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err208];
}
else {
vErrors.push(err208);
}
errors++;
}
if(!pattern12.test(data73)){
const err209 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/channel",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/channel/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err209];
}
else {
vErrors.push(err209);
}
errors++;
}
}
else {
const err210 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/channel",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/channel/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err210];
}
else {
vErrors.push(err210);
}
errors++;
}
}
if(data62.id !== undefined){
let data74 = data62.id;
if(typeof data74 === "string"){
if(func3(data74) > 128){
const err211 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err211];
}
else {
vErrors.push(err211);
}
errors++;
}
if(func3(data74) < 1){
const err212 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/id/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err212];
}
else {
vErrors.push(err212);
}
errors++;
}
if(!pattern12.test(data74)){
const err213 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/id/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err213];
}
else {
vErrors.push(err213);
}
errors++;
}
}
else {
const err214 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/id/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err214];
}
else {
vErrors.push(err214);
}
errors++;
}
}
if(data62.reason !== undefined){
let data75 = data62.reason;
if(typeof data75 === "string"){
if(func3(data75) > 128){
const err215 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/reason",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/reason/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err215];
}
else {
vErrors.push(err215);
}
errors++;
}
if(func3(data75) < 1){
const err216 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/reason",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/reason/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err216];
}
else {
vErrors.push(err216);
}
errors++;
}
if(!pattern12.test(data75)){
const err217 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/reason",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/reason/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err217];
}
else {
vErrors.push(err217);
}
errors++;
}
}
else {
const err218 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/reason",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/reason/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err218];
}
else {
vErrors.push(err218);
}
errors++;
}
}
if(data62.code !== undefined){
let data76 = data62.code;
if(typeof data76 === "string"){
if(func3(data76) > 128){
const err219 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/code",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/code/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err219];
}
else {
vErrors.push(err219);
}
errors++;
}
if(func3(data76) < 1){
const err220 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/code",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/code/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err220];
}
else {
vErrors.push(err220);
}
errors++;
}
if(!pattern12.test(data76)){
const err221 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/code",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/code/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err221];
}
else {
vErrors.push(err221);
}
errors++;
}
}
else {
const err222 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/code",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/code/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err222];
}
else {
vErrors.push(err222);
}
errors++;
}
}
if(data62.trade !== undefined){
let data77 = data62.trade;
if(data77 && typeof data77 == "object" && !Array.isArray(data77)){
if(data77.price === undefined){
const err223 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/required",keyword:"required",params:{missingProperty: "price"}};
if(vErrors === null){
vErrors = [err223];
}
else {
vErrors.push(err223);
}
errors++;
}
if(data77.size === undefined){
const err224 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/required",keyword:"required",params:{missingProperty: "size"}};
if(vErrors === null){
vErrors = [err224];
}
else {
vErrors.push(err224);
}
errors++;
}
for(const key11 in data77){
if(!((((((key11 === "price") || (key11 === "size")) || (key11 === "side")) || (key11 === "buy")) || (key11 === "sell")) || (key11 === "id"))){
const err225 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11}};
if(vErrors === null){
vErrors = [err225];
}
else {
vErrors.push(err225);
}
errors++;
}
}
if(data77.price !== undefined){
let data78 = data77.price;
if(typeof data78 === "string"){
if(func3(data78) > 128){
const err226 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/price",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/price/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err226];
}
else {
vErrors.push(err226);
}
errors++;
}
if(func3(data78) < 1){
const err227 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/price",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/price/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err227];
}
else {
vErrors.push(err227);
}
errors++;
}
if(!pattern12.test(data78)){
const err228 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/price",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/price/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err228];
}
else {
vErrors.push(err228);
}
errors++;
}
}
else {
const err229 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/price",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/price/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err229];
}
else {
vErrors.push(err229);
}
errors++;
}
}
if(data77.size !== undefined){
let data79 = data77.size;
if(typeof data79 === "string"){
if(func3(data79) > 128){
const err230 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/size",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/size/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err230];
}
else {
vErrors.push(err230);
}
errors++;
}
if(func3(data79) < 1){
const err231 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/size",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/size/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err231];
}
else {
vErrors.push(err231);
}
errors++;
}
if(!pattern12.test(data79)){
const err232 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/size",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/size/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err232];
}
else {
vErrors.push(err232);
}
errors++;
}
}
else {
const err233 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/size",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/size/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err233];
}
else {
vErrors.push(err233);
}
errors++;
}
}
if(data77.side !== undefined){
let data80 = data77.side;
if(typeof data80 === "string"){
if(func3(data80) > 128){
const err234 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/side",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/side/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err234];
}
else {
vErrors.push(err234);
}
errors++;
}
if(func3(data80) < 1){
const err235 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/side",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/side/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err235];
}
else {
vErrors.push(err235);
}
errors++;
}
if(!pattern12.test(data80)){
const err236 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/side",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/side/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err236];
}
else {
vErrors.push(err236);
}
errors++;
}
}
else {
const err237 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/side",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/side/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err237];
}
else {
vErrors.push(err237);
}
errors++;
}
}
if(data77.buy !== undefined){
let data81 = data77.buy;
if(Array.isArray(data81)){
if(data81.length > 16){
const err238 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/buy",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/buy/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err238];
}
else {
vErrors.push(err238);
}
errors++;
}
if(data81.length < 1){
const err239 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/buy",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/buy/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err239];
}
else {
vErrors.push(err239);
}
errors++;
}
const len8 = data81.length;
for(let i8=0; i8<len8; i8++){
let data82 = data81[i8];
if(typeof data82 === "string"){
if(func3(data82) > 64){
const err240 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/buy/" + i8,schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/buy/items/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err240];
}
else {
vErrors.push(err240);
}
errors++;
}
if(func3(data82) < 1){
const err241 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/buy/" + i8,schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/buy/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err241];
}
else {
vErrors.push(err241);
}
errors++;
}
}
else {
const err242 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/buy/" + i8,schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/buy/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err242];
}
else {
vErrors.push(err242);
}
errors++;
}
}
}
else {
const err243 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/buy",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/buy/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err243];
}
else {
vErrors.push(err243);
}
errors++;
}
}
if(data77.sell !== undefined){
let data83 = data77.sell;
if(Array.isArray(data83)){
if(data83.length > 16){
const err244 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/sell",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/sell/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err244];
}
else {
vErrors.push(err244);
}
errors++;
}
if(data83.length < 1){
const err245 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/sell",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/sell/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err245];
}
else {
vErrors.push(err245);
}
errors++;
}
const len9 = data83.length;
for(let i9=0; i9<len9; i9++){
let data84 = data83[i9];
if(typeof data84 === "string"){
if(func3(data84) > 64){
const err246 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/sell/" + i9,schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/sell/items/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err246];
}
else {
vErrors.push(err246);
}
errors++;
}
if(func3(data84) < 1){
const err247 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/sell/" + i9,schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/sell/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err247];
}
else {
vErrors.push(err247);
}
errors++;
}
}
else {
const err248 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/sell/" + i9,schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/sell/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err248];
}
else {
vErrors.push(err248);
}
errors++;
}
}
}
else {
const err249 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/sell",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/sell/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err249];
}
else {
vErrors.push(err249);
}
errors++;
}
}
if(data77.id !== undefined){
let data85 = data77.id;
if(typeof data85 === "string"){
if(func3(data85) > 128){
const err250 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/id/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err250];
}
else {
vErrors.push(err250);
}
errors++;
}
if(func3(data85) < 1){
const err251 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/id/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err251];
}
else {
vErrors.push(err251);
}
errors++;
}
if(!pattern12.test(data85)){
const err252 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/id/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err252];
}
else {
vErrors.push(err252);
}
errors++;
}
}
else {
const err253 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade/id",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/properties/id/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err253];
}
else {
vErrors.push(err253);
}
errors++;
}
}
}
else {
const err254 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/trade",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/trade/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err254];
}
else {
vErrors.push(err254);
}
errors++;
}
}
if(data62.quote !== undefined){
let data86 = data62.quote;
if(data86 && typeof data86 == "object" && !Array.isArray(data86)){
if(Object.keys(data86).length < 1){
const err255 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err255];
}
else {
vErrors.push(err255);
}
errors++;
}
for(const key12 in data86){
if(!(((((((key12 === "bid") || (key12 === "bidSize")) || (key12 === "ask")) || (key12 === "askSize")) || (key12 === "last")) || (key12 === "lastSize")) || (key12 === "volume"))){
const err256 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12}};
if(vErrors === null){
vErrors = [err256];
}
else {
vErrors.push(err256);
}
errors++;
}
}
if(data86.bid !== undefined){
let data87 = data86.bid;
if(typeof data87 === "string"){
if(func3(data87) > 128){
const err257 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bid",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bid/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err257];
}
else {
vErrors.push(err257);
}
errors++;
}
if(func3(data87) < 1){
const err258 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bid",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bid/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err258];
}
else {
vErrors.push(err258);
}
errors++;
}
if(!pattern12.test(data87)){
const err259 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bid",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bid/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err259];
}
else {
vErrors.push(err259);
}
errors++;
}
}
else {
const err260 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bid",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bid/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err260];
}
else {
vErrors.push(err260);
}
errors++;
}
}
if(data86.bidSize !== undefined){
let data88 = data86.bidSize;
if(typeof data88 === "string"){
if(func3(data88) > 128){
const err261 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bidSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bidSize/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err261];
}
else {
vErrors.push(err261);
}
errors++;
}
if(func3(data88) < 1){
const err262 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bidSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bidSize/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err262];
}
else {
vErrors.push(err262);
}
errors++;
}
if(!pattern12.test(data88)){
const err263 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bidSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bidSize/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err263];
}
else {
vErrors.push(err263);
}
errors++;
}
}
else {
const err264 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/bidSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/bidSize/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err264];
}
else {
vErrors.push(err264);
}
errors++;
}
}
if(data86.ask !== undefined){
let data89 = data86.ask;
if(typeof data89 === "string"){
if(func3(data89) > 128){
const err265 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/ask",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/ask/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err265];
}
else {
vErrors.push(err265);
}
errors++;
}
if(func3(data89) < 1){
const err266 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/ask",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/ask/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err266];
}
else {
vErrors.push(err266);
}
errors++;
}
if(!pattern12.test(data89)){
const err267 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/ask",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/ask/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err267];
}
else {
vErrors.push(err267);
}
errors++;
}
}
else {
const err268 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/ask",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/ask/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err268];
}
else {
vErrors.push(err268);
}
errors++;
}
}
if(data86.askSize !== undefined){
let data90 = data86.askSize;
if(typeof data90 === "string"){
if(func3(data90) > 128){
const err269 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/askSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/askSize/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err269];
}
else {
vErrors.push(err269);
}
errors++;
}
if(func3(data90) < 1){
const err270 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/askSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/askSize/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err270];
}
else {
vErrors.push(err270);
}
errors++;
}
if(!pattern12.test(data90)){
const err271 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/askSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/askSize/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err271];
}
else {
vErrors.push(err271);
}
errors++;
}
}
else {
const err272 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/askSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/askSize/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err272];
}
else {
vErrors.push(err272);
}
errors++;
}
}
if(data86.last !== undefined){
let data91 = data86.last;
if(typeof data91 === "string"){
if(func3(data91) > 128){
const err273 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/last",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/last/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err273];
}
else {
vErrors.push(err273);
}
errors++;
}
if(func3(data91) < 1){
const err274 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/last",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/last/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err274];
}
else {
vErrors.push(err274);
}
errors++;
}
if(!pattern12.test(data91)){
const err275 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/last",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/last/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err275];
}
else {
vErrors.push(err275);
}
errors++;
}
}
else {
const err276 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/last",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/last/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err276];
}
else {
vErrors.push(err276);
}
errors++;
}
}
if(data86.lastSize !== undefined){
let data92 = data86.lastSize;
if(typeof data92 === "string"){
if(func3(data92) > 128){
const err277 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/lastSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/lastSize/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err277];
}
else {
vErrors.push(err277);
}
errors++;
}
if(func3(data92) < 1){
const err278 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/lastSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/lastSize/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err278];
}
else {
vErrors.push(err278);
}
errors++;
}
if(!pattern12.test(data92)){
const err279 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/lastSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/lastSize/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err279];
}
else {
vErrors.push(err279);
}
errors++;
}
}
else {
const err280 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/lastSize",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/lastSize/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err280];
}
else {
vErrors.push(err280);
}
errors++;
}
}
if(data86.volume !== undefined){
let data93 = data86.volume;
if(typeof data93 === "string"){
if(func3(data93) > 128){
const err281 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/volume",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/volume/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err281];
}
else {
vErrors.push(err281);
}
errors++;
}
if(func3(data93) < 1){
const err282 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/volume",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/volume/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err282];
}
else {
vErrors.push(err282);
}
errors++;
}
if(!pattern12.test(data93)){
const err283 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/volume",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/volume/pattern",keyword:"pattern",params:{pattern: "^([A-Za-z0-9_-]+|\\[[0-9]*\\])([.][A-Za-z0-9_-]+|\\[[0-9]*\\])*$"}};
if(vErrors === null){
vErrors = [err283];
}
else {
vErrors.push(err283);
}
errors++;
}
}
else {
const err284 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote/volume",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/properties/volume/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err284];
}
else {
vErrors.push(err284);
}
errors++;
}
}
}
else {
const err285 = {instancePath:instancePath+"/spec/messageTypes/" + i7+"/quote",schemaPath:"#/properties/spec/properties/messageTypes/items/properties/quote/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err285];
}
else {
vErrors.push(err285);
}
errors++;
}
}
}
else {
const err286 = {instancePath:instancePath+"/spec/messageTypes/" + i7,schemaPath:"#/properties/spec/properties/messageTypes/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err286];
}
else {
vErrors.push(err286);
}
errors++;
}
}
}
else {
const err287 = {instancePath:instancePath+"/spec/messageTypes",schemaPath:"#/properties/spec/properties/messageTypes/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err287];
}
else {
vErrors.push(err287);
}
errors++;
}
}
if(data23.calendar !== undefined){
let data94 = data23.calendar;
if(data94 && typeof data94 == "object" && !Array.isArray(data94)){
for(const key13 in data94){
if(!((((key13 === "timezone") || (key13 === "holidayCalendar")) || (key13 === "openTime")) || (key13 === "closeTime"))){
const err288 = {instancePath:instancePath+"/spec/calendar",schemaPath:"#/properties/spec/properties/calendar/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13}};
if(vErrors === null){
vErrors = [err288];
}
else {
vErrors.push(err288);
}
errors++;
}
}
if(data94.timezone !== undefined){
let data95 = data94.timezone;
if(typeof data95 === "string"){
if(func3(data95) > 64){
const err289 = {instancePath:instancePath+"/spec/calendar/timezone",schemaPath:"#/properties/spec/properties/calendar/properties/timezone/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err289];
}
else {
vErrors.push(err289);
}
errors++;
}
if(func3(data95) < 1){
const err290 = {instancePath:instancePath+"/spec/calendar/timezone",schemaPath:"#/properties/spec/properties/calendar/properties/timezone/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err290];
}
else {
vErrors.push(err290);
}
errors++;
}
if(!pattern39.test(data95)){
const err291 = {instancePath:instancePath+"/spec/calendar/timezone",schemaPath:"#/properties/spec/properties/calendar/properties/timezone/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_+/-]+$"}};
if(vErrors === null){
vErrors = [err291];
}
else {
vErrors.push(err291);
}
errors++;
}
}
else {
const err292 = {instancePath:instancePath+"/spec/calendar/timezone",schemaPath:"#/properties/spec/properties/calendar/properties/timezone/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err292];
}
else {
vErrors.push(err292);
}
errors++;
}
}
if(data94.holidayCalendar !== undefined){
let data96 = data94.holidayCalendar;
if(typeof data96 === "string"){
if(func3(data96) > 64){
const err293 = {instancePath:instancePath+"/spec/calendar/holidayCalendar",schemaPath:"#/properties/spec/properties/calendar/properties/holidayCalendar/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err293];
}
else {
vErrors.push(err293);
}
errors++;
}
if(func3(data96) < 1){
const err294 = {instancePath:instancePath+"/spec/calendar/holidayCalendar",schemaPath:"#/properties/spec/properties/calendar/properties/holidayCalendar/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err294];
}
else {
vErrors.push(err294);
}
errors++;
}
}
else {
const err295 = {instancePath:instancePath+"/spec/calendar/holidayCalendar",schemaPath:"#/properties/spec/properties/calendar/properties/holidayCalendar/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err295];
}
else {
vErrors.push(err295);
}
errors++;
}
}
if(data94.openTime !== undefined){
let data97 = data94.openTime;
if(typeof data97 === "string"){
if(func3(data97) > 5){
const err296 = {instancePath:instancePath+"/spec/calendar/openTime",schemaPath:"#/properties/spec/properties/calendar/properties/openTime/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err296];
}
else {
vErrors.push(err296);
}
errors++;
}
if(!pattern40.test(data97)){
const err297 = {instancePath:instancePath+"/spec/calendar/openTime",schemaPath:"#/properties/spec/properties/calendar/properties/openTime/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
if(vErrors === null){
vErrors = [err297];
}
else {
vErrors.push(err297);
}
errors++;
}
}
else {
const err298 = {instancePath:instancePath+"/spec/calendar/openTime",schemaPath:"#/properties/spec/properties/calendar/properties/openTime/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err298];
}
else {
vErrors.push(err298);
}
errors++;
}
}
if(data94.closeTime !== undefined){
let data98 = data94.closeTime;
if(typeof data98 === "string"){
if(func3(data98) > 5){
const err299 = {instancePath:instancePath+"/spec/calendar/closeTime",schemaPath:"#/properties/spec/properties/calendar/properties/closeTime/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err299];
}
else {
vErrors.push(err299);
}
errors++;
}
if(!pattern40.test(data98)){
const err300 = {instancePath:instancePath+"/spec/calendar/closeTime",schemaPath:"#/properties/spec/properties/calendar/properties/closeTime/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
if(vErrors === null){
vErrors = [err300];
}
else {
vErrors.push(err300);
}
errors++;
}
}
else {
const err301 = {instancePath:instancePath+"/spec/calendar/closeTime",schemaPath:"#/properties/spec/properties/calendar/properties/closeTime/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err301];
}
else {
vErrors.push(err301);
}
errors++;
}
}
}
else {
const err302 = {instancePath:instancePath+"/spec/calendar",schemaPath:"#/properties/spec/properties/calendar/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err302];
}
else {
vErrors.push(err302);
}
errors++;
}
}
if(data23.captureLocations !== undefined){
let data99 = data23.captureLocations;
if(Array.isArray(data99)){
if(data99.length > 16){
const err303 = {instancePath:instancePath+"/spec/captureLocations",schemaPath:"#/properties/spec/properties/captureLocations/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err303];
}
else {
vErrors.push(err303);
}
errors++;
}
const len10 = data99.length;
for(let i10=0; i10<len10; i10++){
let data100 = data99[i10];
if(data100 && typeof data100 == "object" && !Array.isArray(data100)){
if(data100.site === undefined){
const err304 = {instancePath:instancePath+"/spec/captureLocations/" + i10,schemaPath:"#/properties/spec/properties/captureLocations/items/required",keyword:"required",params:{missingProperty: "site"}};
if(vErrors === null){
vErrors = [err304];
}
else {
vErrors.push(err304);
}
errors++;
}
for(const key14 in data100){
if(!(((((key14 === "site") || (key14 === "type")) || (key14 === "provider")) || (key14 === "region")) || (key14 === "clock"))){
const err305 = {instancePath:instancePath+"/spec/captureLocations/" + i10,schemaPath:"#/properties/spec/properties/captureLocations/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14}};
if(vErrors === null){
vErrors = [err305];
}
else {
vErrors.push(err305);
}
errors++;
}
}
if(data100.site !== undefined){
let data101 = data100.site;
if(typeof data101 === "string"){
if(func3(data101) > 64){
const err306 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/site",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/site/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err306];
}
else {
vErrors.push(err306);
}
errors++;
}
if(func3(data101) < 1){
const err307 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/site",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/site/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err307];
}
else {
vErrors.push(err307);
}
errors++;
}
}
else {
const err308 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/site",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/site/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err308];
}
else {
vErrors.push(err308);
}
errors++;
}
}
if(data100.type !== undefined){
let data102 = data100.type;
if(typeof data102 !== "string"){
const err309 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/type",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/type/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err309];
}
else {
vErrors.push(err309);
}
errors++;
}
if(!(((data102 === "cloud") || (data102 === "colo")) || (data102 === "onPrem"))){
const err310 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/type",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/type/enum",keyword:"enum",params:{allowedValues: schema11.properties.spec.properties.captureLocations.items.properties.type.enum}};
if(vErrors === null){
vErrors = [err310];
}
else {
vErrors.push(err310);
}
errors++;
}
}
if(data100.provider !== undefined){
let data103 = data100.provider;
if(typeof data103 === "string"){
if(func3(data103) > 64){
const err311 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/provider",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/provider/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err311];
}
else {
vErrors.push(err311);
}
errors++;
}
if(func3(data103) < 1){
const err312 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/provider",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/provider/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err312];
}
else {
vErrors.push(err312);
}
errors++;
}
}
else {
const err313 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/provider",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/provider/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err313];
}
else {
vErrors.push(err313);
}
errors++;
}
}
if(data100.region !== undefined){
let data104 = data100.region;
if(typeof data104 === "string"){
if(func3(data104) > 64){
const err314 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/region",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/region/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err314];
}
else {
vErrors.push(err314);
}
errors++;
}
if(func3(data104) < 1){
const err315 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/region",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/region/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err315];
}
else {
vErrors.push(err315);
}
errors++;
}
}
else {
const err316 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/region",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/region/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err316];
}
else {
vErrors.push(err316);
}
errors++;
}
}
if(data100.clock !== undefined){
let data105 = data100.clock;
if(typeof data105 === "string"){
if(func3(data105) > 64){
const err317 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/clock",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/clock/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err317];
}
else {
vErrors.push(err317);
}
errors++;
}
if(func3(data105) < 1){
const err318 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/clock",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/clock/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err318];
}
else {
vErrors.push(err318);
}
errors++;
}
}
else {
const err319 = {instancePath:instancePath+"/spec/captureLocations/" + i10+"/clock",schemaPath:"#/properties/spec/properties/captureLocations/items/properties/clock/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err319];
}
else {
vErrors.push(err319);
}
errors++;
}
}
}
else {
const err320 = {instancePath:instancePath+"/spec/captureLocations/" + i10,schemaPath:"#/properties/spec/properties/captureLocations/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err320];
}
else {
vErrors.push(err320);
}
errors++;
}
}
}
else {
const err321 = {instancePath:instancePath+"/spec/captureLocations",schemaPath:"#/properties/spec/properties/captureLocations/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err321];
}
else {
vErrors.push(err321);
}
errors++;
}
}
}
else {
const err322 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err322];
}
else {
vErrors.push(err322);
}
errors++;
}
}
if(data.status !== undefined){
let data106 = data.status;
if(!(data106 && typeof data106 == "object" && !Array.isArray(data106))){
const err323 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err323];
}
else {
vErrors.push(err323);
}
errors++;
}
}
}
else {
const err324 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err324];
}
else {
vErrors.push(err324);
}
errors++;
}
validate10.errors = vErrors;
return errors === 0;
}

export const validateEnvironment = validate11;
const schema12 = {"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","enum":["ssmd.io/v1alpha1"]},"kind":{"type":"string","enum":["Environment"]},"metadata":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"namespace":{"type":"string","maxLength":63,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"labels":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"annotations":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"uid":{"type":"string","maxLength":253},"resourceVersion":{"type":"string","maxLength":253},"generation":{"type":"integer"},"creationTimestamp":{"type":"string","maxLength":253},"deletionTimestamp":{"type":"string","maxLength":253},"deletionGracePeriodSeconds":{"type":"integer"},"finalizers":{"type":"array","maxItems":64,"items":{"type":"string","maxLength":253}},"selfLink":{"type":"string","maxLength":253},"generateName":{"type":"string","maxLength":253},"ownerReferences":{"type":"array","maxItems":64,"items":{"type":"object"}},"managedFields":{"type":"array","maxItems":1024,"items":{"type":"object"}}}},"spec":{"type":"object","required":["feeds","transport"],"properties":{"feeds":{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","minLength":1,"maxLength":40,"pattern":"^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$"}},"transport":{"type":"object","required":["url"],"properties":{"url":{"type":"string","maxLength":2048,"pattern":"^(nats|tls)://[!-~]+$"},"credentialsRef":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":253,"pattern":"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}},"additionalProperties":false},"stream":{"type":"object","default":{},"properties":{"maxAge":{"type":"string","default":"72h","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"maxBytes":{"type":"string","default":"8Gi","maxLength":15,"pattern":"^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"},"replicas":{"type":"integer","default":1,"minimum":1,"maximum":5},"duplicateWindow":{"type":"string","default":"2m","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}},"additionalProperties":false}},"additionalProperties":false},"keys":{"type":"object","maxProperties":32,"additionalProperties":{"type":"object","required":["type","fields","source"],"properties":{"type":{"type":"string","enum":["apiKey"]},"fields":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z][A-Za-z0-9_-]*$"}},"source":{"type":"object","properties":{"env":{"type":"object","minProperties":1,"maxProperties":16,"additionalProperties":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[A-Za-z_][A-Za-z0-9_]*$"}},"secret":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":253,"pattern":"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}},"additionalProperties":false}},"additionalProperties":false}},"additionalProperties":false}},"schema":{"type":"string","enum":["v1"]},"schedule":{"type":"object","properties":{"timezone":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_+/-]+$"},"dayStart":{"type":"string","maxLength":5,"pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"},"dayEnd":{"type":"string","maxLength":5,"pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"}},"additionalProperties":false},"connector":{"type":"object","default":{},"properties":{"resources":{"type":"object","properties":{"requests":{"type":"object","maxProperties":8,"additionalProperties":{"minimum":0,"maximum":9007199254740991,"maxLength":32,"pattern":"^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$","type":["integer","string"]}},"limits":{"type":"object","maxProperties":8,"additionalProperties":{"minimum":0,"maximum":9007199254740991,"maxLength":32,"pattern":"^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$","type":["integer","string"]}}},"additionalProperties":false},"bufferBytes":{"type":"string","default":"64Mi","maxLength":15,"pattern":"^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"},"linger":{"type":"string","default":"5ms","maxLength":5,"pattern":"^(0|[1-9][0-9]{0,2})ms$"},"lingerMax":{"type":"string","maxLength":5,"pattern":"^(0|[1-9][0-9]{0,2})ms$"},"shards":{"type":"integer","minimum":1,"maximum":64},"rollout":{"type":"object","required":["policy"],"properties":{"policy":{"type":"string","enum":["Automatic","Manual","Window"]},"window":{"type":"object","required":["start","end"],"properties":{"start":{"type":"string","maxLength":5,"pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"},"end":{"type":"string","maxLength":5,"pattern":"^([01][0-9]|2[0-3]):[0-5][0-9]$"}},"additionalProperties":false}},"additionalProperties":false}},"additionalProperties":false},"simulator":{"type":"object","required":["feeds"],"properties":{"feeds":{"type":"array","maxItems":256,"items":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}},"url":{"type":"string","maxLength":2048,"pattern":"^wss?://[!-~]+$"},"speed":{"type":"string","default":"1","maxLength":10,"pattern":"^(max|[1-9][0-9]{0,5}([.][0-9]{1,3})?|0[.][0-9]{0,2}[1-9])$"},"seed":{"type":"integer","default":1,"minimum":0,"maximum":9007199254740991},"rate":{"type":"integer","default":200,"minimum":1,"maximum":1000000},"markets":{"type":"integer","default":6,"minimum":1,"maximum":100000},"replay":{"type":"array","default":[],"maxItems":256,"items":{"type":"string","minLength":1,"maxLength":1024}},"faults":{"type":"array","default":[],"maxItems":64,"items":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string","enum":["cut","skip","duplicate","freeze","unauthorized","tooManyRequests"]},"every":{"type":"string","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"after":{"type":"string","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"for":{"type":"string","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"count":{"type":"integer","minimum":1,"maximum":1000000},"channel":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_.:@-]+$"},"exchange":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}},"additionalProperties":false}}},"additionalProperties":false},"suspend":{"type":"boolean"}},"additionalProperties":false},"status":{"type":"object"}}};
const pattern44 = new RegExp("^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$", "u");
const pattern45 = new RegExp("^(nats|tls)://[!-~]+$", "u");
const pattern46 = new RegExp("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "u");
const pattern48 = new RegExp("^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$", "u");
const pattern50 = new RegExp("^[A-Za-z][A-Za-z0-9_-]*$", "u");
const pattern51 = new RegExp("^[A-Za-z_][A-Za-z0-9_]*$", "u");
const pattern56 = new RegExp("^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$", "u");
const pattern59 = new RegExp("^(0|[1-9][0-9]{0,2})ms$", "u");
const pattern64 = new RegExp("^wss?://[!-~]+$", "u");
const pattern65 = new RegExp("^(max|[1-9][0-9]{0,5}([.][0-9]{1,3})?|0[.][0-9]{0,2}[1-9])$", "u");

function validate11(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec")) || (key0 === "status"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "ssmd.io/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/enum",keyword:"enum",params:{allowedValues: schema12.properties.apiVersion.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Environment")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema12.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
let data2 = data.metadata;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err9 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data2){
if(!(func2.call(schema12.properties.metadata.properties, key1))){
const err10 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(func3(data3) > 40){
const err11 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!pattern0.test(data3)){
const err12 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data2.namespace !== undefined){
let data4 = data2.namespace;
if(typeof data4 === "string"){
if(func3(data4) > 63){
const err14 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern0.test(data4)){
const err15 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data2.labels !== undefined){
let data5 = data2.labels;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(Object.keys(data5).length > 256){
const err17 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data5){
let data6 = data5[key2];
if(typeof data6 === "string"){
if(func3(data6) > 262144){
const err18 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.annotations !== undefined){
let data7 = data2.annotations;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(Object.keys(data7).length > 256){
const err21 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key3 in data7){
let data8 = data7[key3];
if(typeof data8 === "string"){
if(func3(data8) > 262144){
const err22 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.uid !== undefined){
let data9 = data2.uid;
if(typeof data9 === "string"){
if(func3(data9) > 253){
const err25 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.resourceVersion !== undefined){
let data10 = data2.resourceVersion;
if(typeof data10 === "string"){
if(func3(data10) > 253){
const err27 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.generation !== undefined){
let data11 = data2.generation;
if(!((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11)))){
const err29 = {instancePath:instancePath+"/metadata/generation",schemaPath:"#/properties/metadata/properties/generation/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data2.creationTimestamp !== undefined){
let data12 = data2.creationTimestamp;
if(typeof data12 === "string"){
if(func3(data12) > 253){
const err30 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data2.deletionTimestamp !== undefined){
let data13 = data2.deletionTimestamp;
if(typeof data13 === "string"){
if(func3(data13) > 253){
const err32 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data2.deletionGracePeriodSeconds !== undefined){
let data14 = data2.deletionGracePeriodSeconds;
if(!((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14)))){
const err34 = {instancePath:instancePath+"/metadata/deletionGracePeriodSeconds",schemaPath:"#/properties/metadata/properties/deletionGracePeriodSeconds/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.finalizers !== undefined){
let data15 = data2.finalizers;
if(Array.isArray(data15)){
if(data15.length > 64){
const err35 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
if(typeof data16 === "string"){
if(func3(data16) > 253){
const err36 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data2.selfLink !== undefined){
let data17 = data2.selfLink;
if(typeof data17 === "string"){
if(func3(data17) > 253){
const err39 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data2.generateName !== undefined){
let data18 = data2.generateName;
if(typeof data18 === "string"){
if(func3(data18) > 253){
const err41 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data2.ownerReferences !== undefined){
let data19 = data2.ownerReferences;
if(Array.isArray(data19)){
if(data19.length > 64){
const err43 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
const len1 = data19.length;
for(let i1=0; i1<len1; i1++){
let data20 = data19[i1];
if(!(data20 && typeof data20 == "object" && !Array.isArray(data20))){
const err44 = {instancePath:instancePath+"/metadata/ownerReferences/" + i1,schemaPath:"#/properties/metadata/properties/ownerReferences/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data2.managedFields !== undefined){
let data21 = data2.managedFields;
if(Array.isArray(data21)){
if(data21.length > 1024){
const err46 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len2 = data21.length;
for(let i2=0; i2<len2; i2++){
let data22 = data21[i2];
if(!(data22 && typeof data22 == "object" && !Array.isArray(data22))){
const err47 = {instancePath:instancePath+"/metadata/managedFields/" + i2,schemaPath:"#/properties/metadata/properties/managedFields/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
else {
const err49 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data.spec !== undefined){
let data23 = data.spec;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
if(data23.connector === undefined){
data23.connector = {};
}
if(data23.feeds === undefined){
const err50 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "feeds"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data23.transport === undefined){
const err51 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "transport"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
for(const key4 in data23){
if(!((((((((key4 === "feeds") || (key4 === "transport")) || (key4 === "keys")) || (key4 === "schema")) || (key4 === "schedule")) || (key4 === "connector")) || (key4 === "simulator")) || (key4 === "suspend"))){
const err52 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
}
if(data23.feeds !== undefined){
let data24 = data23.feeds;
if(Array.isArray(data24)){
if(data24.length > 256){
const err53 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
if(data24.length < 1){
const err54 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
const len3 = data24.length;
for(let i3=0; i3<len3; i3++){
let data25 = data24[i3];
if(typeof data25 === "string"){
if(func3(data25) > 40){
const err55 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
if(func3(data25) < 1){
const err56 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(!pattern44.test(data25)){
const err57 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/pattern",keyword:"pattern",params:{pattern: "^([*]|[a-z0-9]([-a-z0-9]*[a-z0-9])?)$"}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
}
else {
const err58 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
}
else {
const err59 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
if(data23.transport !== undefined){
let data26 = data23.transport;
if(data26 && typeof data26 == "object" && !Array.isArray(data26)){
if(data26.stream === undefined){
data26.stream = {};
}
if(data26.url === undefined){
const err60 = {instancePath:instancePath+"/spec/transport",schemaPath:"#/properties/spec/properties/transport/required",keyword:"required",params:{missingProperty: "url"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
for(const key5 in data26){
if(!(((key5 === "url") || (key5 === "credentialsRef")) || (key5 === "stream"))){
const err61 = {instancePath:instancePath+"/spec/transport",schemaPath:"#/properties/spec/properties/transport/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
}
if(data26.url !== undefined){
let data27 = data26.url;
if(typeof data27 === "string"){
if(func3(data27) > 2048){
const err62 = {instancePath:instancePath+"/spec/transport/url",schemaPath:"#/properties/spec/properties/transport/properties/url/maxLength",keyword:"maxLength",params:{limit: 2048}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
if(!pattern45.test(data27)){
const err63 = {instancePath:instancePath+"/spec/transport/url",schemaPath:"#/properties/spec/properties/transport/properties/url/pattern",keyword:"pattern",params:{pattern: "^(nats|tls)://[!-~]+$"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
else {
const err64 = {instancePath:instancePath+"/spec/transport/url",schemaPath:"#/properties/spec/properties/transport/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
}
if(data26.credentialsRef !== undefined){
let data28 = data26.credentialsRef;
if(data28 && typeof data28 == "object" && !Array.isArray(data28)){
if(data28.name === undefined){
const err65 = {instancePath:instancePath+"/spec/transport/credentialsRef",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
for(const key6 in data28){
if(!(key6 === "name")){
const err66 = {instancePath:instancePath+"/spec/transport/credentialsRef",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data28.name !== undefined){
let data29 = data28.name;
if(typeof data29 === "string"){
if(func3(data29) > 253){
const err67 = {instancePath:instancePath+"/spec/transport/credentialsRef/name",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/properties/name/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
if(func3(data29) < 1){
const err68 = {instancePath:instancePath+"/spec/transport/credentialsRef/name",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(!pattern46.test(data29)){
const err69 = {instancePath:instancePath+"/spec/transport/credentialsRef/name",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
}
else {
const err70 = {instancePath:instancePath+"/spec/transport/credentialsRef/name",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
}
}
else {
const err71 = {instancePath:instancePath+"/spec/transport/credentialsRef",schemaPath:"#/properties/spec/properties/transport/properties/credentialsRef/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
}
let data30 = data26.stream;
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
if(data30.maxAge === undefined){
data30.maxAge = "72h";
}
if(data30.maxBytes === undefined){
data30.maxBytes = "8Gi";
}
if(data30.replicas === undefined){
data30.replicas = 1;
}
if(data30.duplicateWindow === undefined){
data30.duplicateWindow = "2m";
}
for(const key7 in data30){
if(!((((key7 === "maxAge") || (key7 === "maxBytes")) || (key7 === "replicas")) || (key7 === "duplicateWindow"))){
const err72 = {instancePath:instancePath+"/spec/transport/stream",schemaPath:"#/properties/spec/properties/transport/properties/stream/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
let data31 = data30.maxAge;
if(typeof data31 === "string"){
if(func3(data31) > 8){
const err73 = {instancePath:instancePath+"/spec/transport/stream/maxAge",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/maxAge/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
if(!pattern10.test(data31)){
const err74 = {instancePath:instancePath+"/spec/transport/stream/maxAge",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/maxAge/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
else {
const err75 = {instancePath:instancePath+"/spec/transport/stream/maxAge",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/maxAge/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
let data32 = data30.maxBytes;
if(typeof data32 === "string"){
if(func3(data32) > 15){
const err76 = {instancePath:instancePath+"/spec/transport/stream/maxBytes",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/maxBytes/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(!pattern48.test(data32)){
const err77 = {instancePath:instancePath+"/spec/transport/stream/maxBytes",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/maxBytes/pattern",keyword:"pattern",params:{pattern: "^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
else {
const err78 = {instancePath:instancePath+"/spec/transport/stream/maxBytes",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/maxBytes/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
let data33 = data30.replicas;
if(!((typeof data33 == "number") && (!(data33 % 1) && !isNaN(data33)))){
const err79 = {instancePath:instancePath+"/spec/transport/stream/replicas",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/replicas/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(typeof data33 == "number"){
if(data33 > 5 || isNaN(data33)){
const err80 = {instancePath:instancePath+"/spec/transport/stream/replicas",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/replicas/maximum",keyword:"maximum",params:{comparison: "<=", limit: 5}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if(data33 < 1 || isNaN(data33)){
const err81 = {instancePath:instancePath+"/spec/transport/stream/replicas",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/replicas/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
let data34 = data30.duplicateWindow;
if(typeof data34 === "string"){
if(func3(data34) > 8){
const err82 = {instancePath:instancePath+"/spec/transport/stream/duplicateWindow",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/duplicateWindow/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
if(!pattern10.test(data34)){
const err83 = {instancePath:instancePath+"/spec/transport/stream/duplicateWindow",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/duplicateWindow/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
}
else {
const err84 = {instancePath:instancePath+"/spec/transport/stream/duplicateWindow",schemaPath:"#/properties/spec/properties/transport/properties/stream/properties/duplicateWindow/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
}
else {
const err85 = {instancePath:instancePath+"/spec/transport/stream",schemaPath:"#/properties/spec/properties/transport/properties/stream/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/spec/transport",schemaPath:"#/properties/spec/properties/transport/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data23.keys !== undefined){
let data35 = data23.keys;
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
if(Object.keys(data35).length > 32){
const err87 = {instancePath:instancePath+"/spec/keys",schemaPath:"#/properties/spec/properties/keys/maxProperties",keyword:"maxProperties",params:{limit: 32}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
for(const key8 in data35){
let data36 = data35[key8];
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
if(data36.type === undefined){
const err88 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/required",keyword:"required",params:{missingProperty: "type"}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
if(data36.fields === undefined){
const err89 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/required",keyword:"required",params:{missingProperty: "fields"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(data36.source === undefined){
const err90 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
for(const key9 in data36){
if(!(((key9 === "type") || (key9 === "fields")) || (key9 === "source"))){
const err91 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
if(data36.type !== undefined){
let data37 = data36.type;
if(typeof data37 !== "string"){
const err92 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/type",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/type/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
if(!(data37 === "apiKey")){
const err93 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/type",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/type/enum",keyword:"enum",params:{allowedValues: schema12.properties.spec.properties.keys.additionalProperties.properties.type.enum}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
if(data36.fields !== undefined){
let data38 = data36.fields;
if(Array.isArray(data38)){
if(data38.length > 16){
const err94 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(data38.length < 1){
const err95 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
const len4 = data38.length;
for(let i4=0; i4<len4; i4++){
let data39 = data38[i4];
if(typeof data39 === "string"){
if(func3(data39) > 64){
const err96 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields/" + i4,schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/items/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
if(func3(data39) < 1){
const err97 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields/" + i4,schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(!pattern50.test(data39)){
const err98 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields/" + i4,schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z][A-Za-z0-9_-]*$"}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
else {
const err99 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields/" + i4,schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
}
else {
const err100 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/fields",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/fields/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
if(data36.source !== undefined){
let data40 = data36.source;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
for(const key10 in data40){
if(!((key10 === "env") || (key10 === "secret"))){
const err101 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
if(data40.env !== undefined){
let data41 = data40.env;
if(data41 && typeof data41 == "object" && !Array.isArray(data41)){
if(Object.keys(data41).length > 16){
const err102 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/maxProperties",keyword:"maxProperties",params:{limit: 16}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(Object.keys(data41).length < 1){
const err103 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/minProperties",keyword:"minProperties",params:{limit: 1}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
for(const key11 in data41){
let data42 = data41[key11];
if(typeof data42 === "string"){
if(func3(data42) > 128){
const err104 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if(func3(data42) < 1){
const err105 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/additionalProperties/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(!pattern51.test(data42)){
const err106 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z_][A-Za-z0-9_]*$"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
else {
const err107 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
}
else {
const err108 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/env",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/env/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data40.secret !== undefined){
let data43 = data40.secret;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
if(data43.name === undefined){
const err109 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
for(const key12 in data43){
if(!(key12 === "name")){
const err110 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key12}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data43.name !== undefined){
let data44 = data43.name;
if(typeof data44 === "string"){
if(func3(data44) > 253){
const err111 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret/name",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/properties/name/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(func3(data44) < 1){
const err112 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret/name",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
if(!pattern46.test(data44)){
const err113 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret/name",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
else {
const err114 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret/name",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
}
else {
const err115 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source/secret",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/properties/secret/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
}
else {
const err116 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1")+"/source",schemaPath:"#/properties/spec/properties/keys/additionalProperties/properties/source/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
}
}
else {
const err117 = {instancePath:instancePath+"/spec/keys/" + key8.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/keys/additionalProperties/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
}
}
else {
const err118 = {instancePath:instancePath+"/spec/keys",schemaPath:"#/properties/spec/properties/keys/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
if(data23.schema !== undefined){
let data45 = data23.schema;
if(typeof data45 !== "string"){
const err119 = {instancePath:instancePath+"/spec/schema",schemaPath:"#/properties/spec/properties/schema/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
if(!(data45 === "v1")){
const err120 = {instancePath:instancePath+"/spec/schema",schemaPath:"#/properties/spec/properties/schema/enum",keyword:"enum",params:{allowedValues: schema12.properties.spec.properties.schema.enum}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
}
if(data23.schedule !== undefined){
let data46 = data23.schedule;
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
for(const key13 in data46){
if(!(((key13 === "timezone") || (key13 === "dayStart")) || (key13 === "dayEnd"))){
const err121 = {instancePath:instancePath+"/spec/schedule",schemaPath:"#/properties/spec/properties/schedule/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key13}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
if(data46.timezone !== undefined){
let data47 = data46.timezone;
if(typeof data47 === "string"){
if(func3(data47) > 64){
const err122 = {instancePath:instancePath+"/spec/schedule/timezone",schemaPath:"#/properties/spec/properties/schedule/properties/timezone/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
if(func3(data47) < 1){
const err123 = {instancePath:instancePath+"/spec/schedule/timezone",schemaPath:"#/properties/spec/properties/schedule/properties/timezone/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
if(!pattern39.test(data47)){
const err124 = {instancePath:instancePath+"/spec/schedule/timezone",schemaPath:"#/properties/spec/properties/schedule/properties/timezone/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_+/-]+$"}};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
else {
const err125 = {instancePath:instancePath+"/spec/schedule/timezone",schemaPath:"#/properties/spec/properties/schedule/properties/timezone/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
}
if(data46.dayStart !== undefined){
let data48 = data46.dayStart;
if(typeof data48 === "string"){
if(func3(data48) > 5){
const err126 = {instancePath:instancePath+"/spec/schedule/dayStart",schemaPath:"#/properties/spec/properties/schedule/properties/dayStart/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
if(!pattern40.test(data48)){
const err127 = {instancePath:instancePath+"/spec/schedule/dayStart",schemaPath:"#/properties/spec/properties/schedule/properties/dayStart/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
else {
const err128 = {instancePath:instancePath+"/spec/schedule/dayStart",schemaPath:"#/properties/spec/properties/schedule/properties/dayStart/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
if(data46.dayEnd !== undefined){
let data49 = data46.dayEnd;
if(typeof data49 === "string"){
if(func3(data49) > 5){
const err129 = {instancePath:instancePath+"/spec/schedule/dayEnd",schemaPath:"#/properties/spec/properties/schedule/properties/dayEnd/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
if(!pattern40.test(data49)){
const err130 = {instancePath:instancePath+"/spec/schedule/dayEnd",schemaPath:"#/properties/spec/properties/schedule/properties/dayEnd/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
else {
const err131 = {instancePath:instancePath+"/spec/schedule/dayEnd",schemaPath:"#/properties/spec/properties/schedule/properties/dayEnd/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
}
}
else {
const err132 = {instancePath:instancePath+"/spec/schedule",schemaPath:"#/properties/spec/properties/schedule/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
let data50 = data23.connector;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
if(data50.bufferBytes === undefined){
data50.bufferBytes = "64Mi";
}
if(data50.linger === undefined){
data50.linger = "5ms";
}
for(const key14 in data50){
if(!((((((key14 === "resources") || (key14 === "bufferBytes")) || (key14 === "linger")) || (key14 === "lingerMax")) || (key14 === "shards")) || (key14 === "rollout"))){
const err133 = {instancePath:instancePath+"/spec/connector",schemaPath:"#/properties/spec/properties/connector/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key14}};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data50.resources !== undefined){
let data51 = data50.resources;
if(data51 && typeof data51 == "object" && !Array.isArray(data51)){
for(const key15 in data51){
if(!((key15 === "requests") || (key15 === "limits"))){
const err134 = {instancePath:instancePath+"/spec/connector/resources",schemaPath:"#/properties/spec/properties/connector/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key15}};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
if(data51.requests !== undefined){
let data52 = data51.requests;
if(data52 && typeof data52 == "object" && !Array.isArray(data52)){
if(Object.keys(data52).length > 8){
const err135 = {instancePath:instancePath+"/spec/connector/resources/requests",schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/maxProperties",keyword:"maxProperties",params:{limit: 8}};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
for(const key16 in data52){
let data53 = data52[key16];
if((!((typeof data53 == "number") && (!(data53 % 1) && !isNaN(data53)))) && (typeof data53 !== "string")){
const err136 = {instancePath:instancePath+"/spec/connector/resources/requests/" + key16.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/additionalProperties/type",keyword:"type",params:{type: schema12.properties.spec.properties.connector.properties.resources.properties.requests.additionalProperties.type}};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
if(typeof data53 == "number"){
if(data53 > 9007199254740991 || isNaN(data53)){
const err137 = {instancePath:instancePath+"/spec/connector/resources/requests/" + key16.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
if(data53 < 0 || isNaN(data53)){
const err138 = {instancePath:instancePath+"/spec/connector/resources/requests/" + key16.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
}
if(typeof data53 === "string"){
if(func3(data53) > 32){
const err139 = {instancePath:instancePath+"/spec/connector/resources/requests/" + key16.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
if(!pattern56.test(data53)){
const err140 = {instancePath:instancePath+"/spec/connector/resources/requests/" + key16.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$"}};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
}
}
}
else {
const err141 = {instancePath:instancePath+"/spec/connector/resources/requests",schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/requests/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(data51.limits !== undefined){
let data54 = data51.limits;
if(data54 && typeof data54 == "object" && !Array.isArray(data54)){
if(Object.keys(data54).length > 8){
const err142 = {instancePath:instancePath+"/spec/connector/resources/limits",schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/maxProperties",keyword:"maxProperties",params:{limit: 8}};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
for(const key17 in data54){
let data55 = data54[key17];
if((!((typeof data55 == "number") && (!(data55 % 1) && !isNaN(data55)))) && (typeof data55 !== "string")){
const err143 = {instancePath:instancePath+"/spec/connector/resources/limits/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/additionalProperties/type",keyword:"type",params:{type: schema12.properties.spec.properties.connector.properties.resources.properties.limits.additionalProperties.type}};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
if(typeof data55 == "number"){
if(data55 > 9007199254740991 || isNaN(data55)){
const err144 = {instancePath:instancePath+"/spec/connector/resources/limits/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
if(data55 < 0 || isNaN(data55)){
const err145 = {instancePath:instancePath+"/spec/connector/resources/limits/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
}
if(typeof data55 === "string"){
if(func3(data55) > 32){
const err146 = {instancePath:instancePath+"/spec/connector/resources/limits/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
if(!pattern56.test(data55)){
const err147 = {instancePath:instancePath+"/spec/connector/resources/limits/" + key17.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$"}};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
}
}
}
else {
const err148 = {instancePath:instancePath+"/spec/connector/resources/limits",schemaPath:"#/properties/spec/properties/connector/properties/resources/properties/limits/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
}
}
else {
const err149 = {instancePath:instancePath+"/spec/connector/resources",schemaPath:"#/properties/spec/properties/connector/properties/resources/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
}
let data56 = data50.bufferBytes;
if(typeof data56 === "string"){
if(func3(data56) > 15){
const err150 = {instancePath:instancePath+"/spec/connector/bufferBytes",schemaPath:"#/properties/spec/properties/connector/properties/bufferBytes/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
if(!pattern48.test(data56)){
const err151 = {instancePath:instancePath+"/spec/connector/bufferBytes",schemaPath:"#/properties/spec/properties/connector/properties/bufferBytes/pattern",keyword:"pattern",params:{pattern: "^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"}};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
else {
const err152 = {instancePath:instancePath+"/spec/connector/bufferBytes",schemaPath:"#/properties/spec/properties/connector/properties/bufferBytes/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
let data57 = data50.linger;
if(typeof data57 === "string"){
if(func3(data57) > 5){
const err153 = {instancePath:instancePath+"/spec/connector/linger",schemaPath:"#/properties/spec/properties/connector/properties/linger/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
if(!pattern59.test(data57)){
const err154 = {instancePath:instancePath+"/spec/connector/linger",schemaPath:"#/properties/spec/properties/connector/properties/linger/pattern",keyword:"pattern",params:{pattern: "^(0|[1-9][0-9]{0,2})ms$"}};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
else {
const err155 = {instancePath:instancePath+"/spec/connector/linger",schemaPath:"#/properties/spec/properties/connector/properties/linger/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
if(data50.lingerMax !== undefined){
let data58 = data50.lingerMax;
if(typeof data58 === "string"){
if(func3(data58) > 5){
const err156 = {instancePath:instancePath+"/spec/connector/lingerMax",schemaPath:"#/properties/spec/properties/connector/properties/lingerMax/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
if(!pattern59.test(data58)){
const err157 = {instancePath:instancePath+"/spec/connector/lingerMax",schemaPath:"#/properties/spec/properties/connector/properties/lingerMax/pattern",keyword:"pattern",params:{pattern: "^(0|[1-9][0-9]{0,2})ms$"}};
if(vErrors === null){
vErrors = [err157];
}
else {
vErrors.push(err157);
}
errors++;
}
}
else {
const err158 = {instancePath:instancePath+"/spec/connector/lingerMax",schemaPath:"#/properties/spec/properties/connector/properties/lingerMax/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err158];
}
else {
vErrors.push(err158);
}
errors++;
}
}
if(data50.shards !== undefined){
let data59 = data50.shards;
if(!((typeof data59 == "number") && (!(data59 % 1) && !isNaN(data59)))){
const err159 = {instancePath:instancePath+"/spec/connector/shards",schemaPath:"#/properties/spec/properties/connector/properties/shards/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err159];
}
else {
vErrors.push(err159);
}
errors++;
}
if(typeof data59 == "number"){
if(data59 > 64 || isNaN(data59)){
const err160 = {instancePath:instancePath+"/spec/connector/shards",schemaPath:"#/properties/spec/properties/connector/properties/shards/maximum",keyword:"maximum",params:{comparison: "<=", limit: 64}};
if(vErrors === null){
vErrors = [err160];
}
else {
vErrors.push(err160);
}
errors++;
}
if(data59 < 1 || isNaN(data59)){
const err161 = {instancePath:instancePath+"/spec/connector/shards",schemaPath:"#/properties/spec/properties/connector/properties/shards/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err161];
}
else {
vErrors.push(err161);
}
errors++;
}
}
}
if(data50.rollout !== undefined){
let data60 = data50.rollout;
if(data60 && typeof data60 == "object" && !Array.isArray(data60)){
if(data60.policy === undefined){
const err162 = {instancePath:instancePath+"/spec/connector/rollout",schemaPath:"#/properties/spec/properties/connector/properties/rollout/required",keyword:"required",params:{missingProperty: "policy"}};
if(vErrors === null){
vErrors = [err162];
}
else {
vErrors.push(err162);
}
errors++;
}
for(const key18 in data60){
if(!((key18 === "policy") || (key18 === "window"))){
const err163 = {instancePath:instancePath+"/spec/connector/rollout",schemaPath:"#/properties/spec/properties/connector/properties/rollout/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key18}};
if(vErrors === null){
vErrors = [err163];
}
else {
vErrors.push(err163);
}
errors++;
}
}
if(data60.policy !== undefined){
let data61 = data60.policy;
if(typeof data61 !== "string"){
const err164 = {instancePath:instancePath+"/spec/connector/rollout/policy",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/policy/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err164];
}
else {
vErrors.push(err164);
}
errors++;
}
if(!(((data61 === "Automatic") || (data61 === "Manual")) || (data61 === "Window"))){
const err165 = {instancePath:instancePath+"/spec/connector/rollout/policy",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/policy/enum",keyword:"enum",params:{allowedValues: schema12.properties.spec.properties.connector.properties.rollout.properties.policy.enum}};
if(vErrors === null){
vErrors = [err165];
}
else {
vErrors.push(err165);
}
errors++;
}
}
if(data60.window !== undefined){
let data62 = data60.window;
if(data62 && typeof data62 == "object" && !Array.isArray(data62)){
if(data62.start === undefined){
const err166 = {instancePath:instancePath+"/spec/connector/rollout/window",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/required",keyword:"required",params:{missingProperty: "start"}};
if(vErrors === null){
vErrors = [err166];
}
else {
vErrors.push(err166);
}
errors++;
}
if(data62.end === undefined){
const err167 = {instancePath:instancePath+"/spec/connector/rollout/window",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/required",keyword:"required",params:{missingProperty: "end"}};
if(vErrors === null){
vErrors = [err167];
}
else {
vErrors.push(err167);
}
errors++;
}
for(const key19 in data62){
if(!((key19 === "start") || (key19 === "end"))){
const err168 = {instancePath:instancePath+"/spec/connector/rollout/window",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key19}};
if(vErrors === null){
vErrors = [err168];
}
else {
vErrors.push(err168);
}
errors++;
}
}
if(data62.start !== undefined){
let data63 = data62.start;
if(typeof data63 === "string"){
if(func3(data63) > 5){
const err169 = {instancePath:instancePath+"/spec/connector/rollout/window/start",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/properties/start/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err169];
}
else {
vErrors.push(err169);
}
errors++;
}
if(!pattern40.test(data63)){
const err170 = {instancePath:instancePath+"/spec/connector/rollout/window/start",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/properties/start/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
if(vErrors === null){
vErrors = [err170];
}
else {
vErrors.push(err170);
}
errors++;
}
}
else {
const err171 = {instancePath:instancePath+"/spec/connector/rollout/window/start",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/properties/start/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err171];
}
else {
vErrors.push(err171);
}
errors++;
}
}
if(data62.end !== undefined){
let data64 = data62.end;
if(typeof data64 === "string"){
if(func3(data64) > 5){
const err172 = {instancePath:instancePath+"/spec/connector/rollout/window/end",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/properties/end/maxLength",keyword:"maxLength",params:{limit: 5}};
if(vErrors === null){
vErrors = [err172];
}
else {
vErrors.push(err172);
}
errors++;
}
if(!pattern40.test(data64)){
const err173 = {instancePath:instancePath+"/spec/connector/rollout/window/end",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/properties/end/pattern",keyword:"pattern",params:{pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
if(vErrors === null){
vErrors = [err173];
}
else {
vErrors.push(err173);
}
errors++;
}
}
else {
const err174 = {instancePath:instancePath+"/spec/connector/rollout/window/end",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/properties/end/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err174];
}
else {
vErrors.push(err174);
}
errors++;
}
}
}
else {
const err175 = {instancePath:instancePath+"/spec/connector/rollout/window",schemaPath:"#/properties/spec/properties/connector/properties/rollout/properties/window/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err175];
}
else {
vErrors.push(err175);
}
errors++;
}
}
}
else {
const err176 = {instancePath:instancePath+"/spec/connector/rollout",schemaPath:"#/properties/spec/properties/connector/properties/rollout/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err176];
}
else {
vErrors.push(err176);
}
errors++;
}
}
}
else {
const err177 = {instancePath:instancePath+"/spec/connector",schemaPath:"#/properties/spec/properties/connector/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err177];
}
else {
vErrors.push(err177);
}
errors++;
}
if(data23.simulator !== undefined){
let data65 = data23.simulator;
if(data65 && typeof data65 == "object" && !Array.isArray(data65)){
if(data65.speed === undefined){
data65.speed = "1";
}
if(data65.seed === undefined){
data65.seed = 1;
}
if(data65.rate === undefined){
data65.rate = 200;
}
if(data65.markets === undefined){
data65.markets = 6;
}
if(data65.replay === undefined){
data65.replay = [];
}
if(data65.faults === undefined){
data65.faults = [];
}
if(data65.feeds === undefined){
const err178 = {instancePath:instancePath+"/spec/simulator",schemaPath:"#/properties/spec/properties/simulator/required",keyword:"required",params:{missingProperty: "feeds"}};
if(vErrors === null){
vErrors = [err178];
}
else {
vErrors.push(err178);
}
errors++;
}
for(const key20 in data65){
if(!((((((((key20 === "feeds") || (key20 === "url")) || (key20 === "speed")) || (key20 === "seed")) || (key20 === "rate")) || (key20 === "markets")) || (key20 === "replay")) || (key20 === "faults"))){
const err179 = {instancePath:instancePath+"/spec/simulator",schemaPath:"#/properties/spec/properties/simulator/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key20}};
if(vErrors === null){
vErrors = [err179];
}
else {
vErrors.push(err179);
}
errors++;
}
}
if(data65.feeds !== undefined){
let data66 = data65.feeds;
if(Array.isArray(data66)){
if(data66.length > 256){
const err180 = {instancePath:instancePath+"/spec/simulator/feeds",schemaPath:"#/properties/spec/properties/simulator/properties/feeds/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err180];
}
else {
vErrors.push(err180);
}
errors++;
}
const len5 = data66.length;
for(let i5=0; i5<len5; i5++){
let data67 = data66[i5];
if(typeof data67 === "string"){
if(func3(data67) > 40){
const err181 = {instancePath:instancePath+"/spec/simulator/feeds/" + i5,schemaPath:"#/properties/spec/properties/simulator/properties/feeds/items/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err181];
}
else {
vErrors.push(err181);
}
errors++;
}
if(func3(data67) < 1){
const err182 = {instancePath:instancePath+"/spec/simulator/feeds/" + i5,schemaPath:"#/properties/spec/properties/simulator/properties/feeds/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err182];
}
else {
vErrors.push(err182);
}
errors++;
}
if(!pattern0.test(data67)){
const err183 = {instancePath:instancePath+"/spec/simulator/feeds/" + i5,schemaPath:"#/properties/spec/properties/simulator/properties/feeds/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err183];
}
else {
vErrors.push(err183);
}
errors++;
}
}
else {
const err184 = {instancePath:instancePath+"/spec/simulator/feeds/" + i5,schemaPath:"#/properties/spec/properties/simulator/properties/feeds/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err184];
}
else {
vErrors.push(err184);
}
errors++;
}
}
}
else {
const err185 = {instancePath:instancePath+"/spec/simulator/feeds",schemaPath:"#/properties/spec/properties/simulator/properties/feeds/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err185];
}
else {
vErrors.push(err185);
}
errors++;
}
}
if(data65.url !== undefined){
let data68 = data65.url;
if(typeof data68 === "string"){
if(func3(data68) > 2048){
const err186 = {instancePath:instancePath+"/spec/simulator/url",schemaPath:"#/properties/spec/properties/simulator/properties/url/maxLength",keyword:"maxLength",params:{limit: 2048}};
if(vErrors === null){
vErrors = [err186];
}
else {
vErrors.push(err186);
}
errors++;
}
if(!pattern64.test(data68)){
const err187 = {instancePath:instancePath+"/spec/simulator/url",schemaPath:"#/properties/spec/properties/simulator/properties/url/pattern",keyword:"pattern",params:{pattern: "^wss?://[!-~]+$"}};
if(vErrors === null){
vErrors = [err187];
}
else {
vErrors.push(err187);
}
errors++;
}
}
else {
const err188 = {instancePath:instancePath+"/spec/simulator/url",schemaPath:"#/properties/spec/properties/simulator/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err188];
}
else {
vErrors.push(err188);
}
errors++;
}
}
let data69 = data65.speed;
if(typeof data69 === "string"){
if(func3(data69) > 10){
const err189 = {instancePath:instancePath+"/spec/simulator/speed",schemaPath:"#/properties/spec/properties/simulator/properties/speed/maxLength",keyword:"maxLength",params:{limit: 10}};
if(vErrors === null){
vErrors = [err189];
}
else {
vErrors.push(err189);
}
errors++;
}
if(!pattern65.test(data69)){
const err190 = {instancePath:instancePath+"/spec/simulator/speed",schemaPath:"#/properties/spec/properties/simulator/properties/speed/pattern",keyword:"pattern",params:{pattern: "^(max|[1-9][0-9]{0,5}([.][0-9]{1,3})?|0[.][0-9]{0,2}[1-9])$"}};
if(vErrors === null){
vErrors = [err190];
}
else {
vErrors.push(err190);
}
errors++;
}
}
else {
const err191 = {instancePath:instancePath+"/spec/simulator/speed",schemaPath:"#/properties/spec/properties/simulator/properties/speed/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err191];
}
else {
vErrors.push(err191);
}
errors++;
}
let data70 = data65.seed;
if(!((typeof data70 == "number") && (!(data70 % 1) && !isNaN(data70)))){
const err192 = {instancePath:instancePath+"/spec/simulator/seed",schemaPath:"#/properties/spec/properties/simulator/properties/seed/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err192];
}
else {
vErrors.push(err192);
}
errors++;
}
if(typeof data70 == "number"){
if(data70 > 9007199254740991 || isNaN(data70)){
const err193 = {instancePath:instancePath+"/spec/simulator/seed",schemaPath:"#/properties/spec/properties/simulator/properties/seed/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err193];
}
else {
vErrors.push(err193);
}
errors++;
}
if(data70 < 0 || isNaN(data70)){
const err194 = {instancePath:instancePath+"/spec/simulator/seed",schemaPath:"#/properties/spec/properties/simulator/properties/seed/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err194];
}
else {
vErrors.push(err194);
}
errors++;
}
}
let data71 = data65.rate;
if(!((typeof data71 == "number") && (!(data71 % 1) && !isNaN(data71)))){
const err195 = {instancePath:instancePath+"/spec/simulator/rate",schemaPath:"#/properties/spec/properties/simulator/properties/rate/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err195];
}
else {
vErrors.push(err195);
}
errors++;
}
if(typeof data71 == "number"){
if(data71 > 1000000 || isNaN(data71)){
const err196 = {instancePath:instancePath+"/spec/simulator/rate",schemaPath:"#/properties/spec/properties/simulator/properties/rate/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err196];
}
else {
vErrors.push(err196);
}
errors++;
}
if(data71 < 1 || isNaN(data71)){
const err197 = {instancePath:instancePath+"/spec/simulator/rate",schemaPath:"#/properties/spec/properties/simulator/properties/rate/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err197];
}
else {
vErrors.push(err197);
}
errors++;
}
}
let data72 = data65.markets;
if(!((typeof data72 == "number") && (!(data72 % 1) && !isNaN(data72)))){
const err198 = {instancePath:instancePath+"/spec/simulator/markets",schemaPath:"#/properties/spec/properties/simulator/properties/markets/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err198];
}
else {
vErrors.push(err198);
}
errors++;
}
if(typeof data72 == "number"){
if(data72 > 100000 || isNaN(data72)){
const err199 = {instancePath:instancePath+"/spec/simulator/markets",schemaPath:"#/properties/spec/properties/simulator/properties/markets/maximum",keyword:"maximum",params:{comparison: "<=", limit: 100000}};
if(vErrors === null){
vErrors = [err199];
}
else {
vErrors.push(err199);
}
errors++;
}
if(data72 < 1 || isNaN(data72)){
const err200 = {instancePath:instancePath+"/spec/simulator/markets",schemaPath:"#/properties/spec/properties/simulator/properties/markets/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err200];
}
else {
vErrors.push(err200);
}
errors++;
}
}
let data73 = data65.replay;
if(Array.isArray(data73)){
if(data73.length > 256){
const err201 = {instancePath:instancePath+"/spec/simulator/replay",schemaPath:"#/properties/spec/properties/simulator/properties/replay/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err201];
}
else {
vErrors.push(err201);
}
errors++;
}
const len6 = data73.length;
for(let i6=0; i6<len6; i6++){
let data74 = data73[i6];
if(typeof data74 === "string"){
if(func3(data74) > 1024){
const err202 = {instancePath:instancePath+"/spec/simulator/replay/" + i6,schemaPath:"#/properties/spec/properties/simulator/properties/replay/items/maxLength",keyword:"maxLength",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err202];
}
else {
vErrors.push(err202);
}
errors++;
}
if(func3(data74) < 1){
const err203 = {instancePath:instancePath+"/spec/simulator/replay/" + i6,schemaPath:"#/properties/spec/properties/simulator/properties/replay/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err203];
}
else {
vErrors.push(err203);
}
errors++;
}
}
else {
const err204 = {instancePath:instancePath+"/spec/simulator/replay/" + i6,schemaPath:"#/properties/spec/properties/simulator/properties/replay/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err204];
}
else {
vErrors.push(err204);
}
errors++;
}
}
}
else {
const err205 = {instancePath:instancePath+"/spec/simulator/replay",schemaPath:"#/properties/spec/properties/simulator/properties/replay/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err205];
}
else {
vErrors.push(err205);
}
errors++;
}
let data75 = data65.faults;
if(Array.isArray(data75)){
if(data75.length > 64){
const err206 = {instancePath:instancePath+"/spec/simulator/faults",schemaPath:"#/properties/spec/properties/simulator/properties/faults/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err206];
}
else {
vErrors.push(err206);
}
errors++;
}
const len7 = data75.length;
for(let i7=0; i7<len7; i7++){
let data76 = data75[i7];
if(data76 && typeof data76 == "object" && !Array.isArray(data76)){
if(data76.kind === undefined){
const err207 = {instancePath:instancePath+"/spec/simulator/faults/" + i7,schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err207];
}
else {
vErrors.push(err207);
}
errors++;
}
for(const key21 in data76){
if(!(((((((key21 === "kind") || (key21 === "every")) || (key21 === "after")) || (key21 === "for")) || (key21 === "count")) || (key21 === "channel")) || (key21 === "exchange"))){
const err208 = {instancePath:instancePath+"/spec/simulator/faults/" + i7,schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key21}};
if(vErrors === null){
vErrors = [err208];
}
else {
vErrors.push(err208);
}
errors++;
}
}
if(data76.kind !== undefined){
let data77 = data76.kind;
if(typeof data77 !== "string"){
const err209 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/kind",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err209];
}
else {
vErrors.push(err209);
}
errors++;
}
if(!((((((data77 === "cut") || (data77 === "skip")) || (data77 === "duplicate")) || (data77 === "freeze")) || (data77 === "unauthorized")) || (data77 === "tooManyRequests"))){
const err210 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/kind",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/kind/enum",keyword:"enum",params:{allowedValues: schema12.properties.spec.properties.simulator.properties.faults.items.properties.kind.enum}};
if(vErrors === null){
vErrors = [err210];
}
else {
vErrors.push(err210);
}
errors++;
}
}
if(data76.every !== undefined){
let data78 = data76.every;
if(typeof data78 === "string"){
if(func3(data78) > 8){
const err211 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/every",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/every/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err211];
}
else {
vErrors.push(err211);
}
errors++;
}
if(!pattern10.test(data78)){
const err212 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/every",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/every/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err212];
}
else {
vErrors.push(err212);
}
errors++;
}
}
else {
const err213 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/every",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/every/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err213];
}
else {
vErrors.push(err213);
}
errors++;
}
}
if(data76.after !== undefined){
let data79 = data76.after;
if(typeof data79 === "string"){
if(func3(data79) > 8){
const err214 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/after",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/after/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err214];
}
else {
vErrors.push(err214);
}
errors++;
}
if(!pattern10.test(data79)){
const err215 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/after",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/after/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err215];
}
else {
vErrors.push(err215);
}
errors++;
}
}
else {
const err216 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/after",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/after/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err216];
}
else {
vErrors.push(err216);
}
errors++;
}
}
if(data76.for !== undefined){
let data80 = data76.for;
if(typeof data80 === "string"){
if(func3(data80) > 8){
const err217 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/for",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/for/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err217];
}
else {
vErrors.push(err217);
}
errors++;
}
if(!pattern10.test(data80)){
const err218 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/for",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/for/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err218];
}
else {
vErrors.push(err218);
}
errors++;
}
}
else {
const err219 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/for",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/for/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err219];
}
else {
vErrors.push(err219);
}
errors++;
}
}
if(data76.count !== undefined){
let data81 = data76.count;
if(!((typeof data81 == "number") && (!(data81 % 1) && !isNaN(data81)))){
const err220 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/count",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/count/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err220];
}
else {
vErrors.push(err220);
}
errors++;
}
if(typeof data81 == "number"){
if(data81 > 1000000 || isNaN(data81)){
const err221 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/count",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/count/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err221];
}
else {
vErrors.push(err221);
}
errors++;
}
if(data81 < 1 || isNaN(data81)){
const err222 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/count",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/count/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err222];
}
else {
vErrors.push(err222);
}
errors++;
}
}
}
if(data76.channel !== undefined){
let data82 = data76.channel;
if(typeof data82 === "string"){
if(func3(data82) > 64){
const err223 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/channel",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/channel/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err223];
}
else {
vErrors.push(err223);
}
errors++;
}
if(func3(data82) < 1){
const err224 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/channel",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/channel/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err224];
}
else {
vErrors.push(err224);
}
errors++;
}
if(!pattern7.test(data82)){
const err225 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/channel",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/channel/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.:@-]+$"}};
if(vErrors === null){
vErrors = [err225];
}
else {
vErrors.push(err225);
}
errors++;
}
}
else {
const err226 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/channel",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/channel/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err226];
}
else {
vErrors.push(err226);
}
errors++;
}
}
if(data76.exchange !== undefined){
let data83 = data76.exchange;
if(typeof data83 === "string"){
if(func3(data83) > 40){
const err227 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/exchange",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/exchange/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err227];
}
else {
vErrors.push(err227);
}
errors++;
}
if(func3(data83) < 1){
const err228 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/exchange",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/exchange/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err228];
}
else {
vErrors.push(err228);
}
errors++;
}
if(!pattern0.test(data83)){
const err229 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/exchange",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/exchange/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err229];
}
else {
vErrors.push(err229);
}
errors++;
}
}
else {
const err230 = {instancePath:instancePath+"/spec/simulator/faults/" + i7+"/exchange",schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/properties/exchange/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err230];
}
else {
vErrors.push(err230);
}
errors++;
}
}
}
else {
const err231 = {instancePath:instancePath+"/spec/simulator/faults/" + i7,schemaPath:"#/properties/spec/properties/simulator/properties/faults/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err231];
}
else {
vErrors.push(err231);
}
errors++;
}
}
}
else {
const err232 = {instancePath:instancePath+"/spec/simulator/faults",schemaPath:"#/properties/spec/properties/simulator/properties/faults/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err232];
}
else {
vErrors.push(err232);
}
errors++;
}
}
else {
const err233 = {instancePath:instancePath+"/spec/simulator",schemaPath:"#/properties/spec/properties/simulator/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err233];
}
else {
vErrors.push(err233);
}
errors++;
}
}
if(data23.suspend !== undefined){
if(typeof data23.suspend !== "boolean"){
const err234 = {instancePath:instancePath+"/spec/suspend",schemaPath:"#/properties/spec/properties/suspend/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err234];
}
else {
vErrors.push(err234);
}
errors++;
}
}
}
else {
const err235 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err235];
}
else {
vErrors.push(err235);
}
errors++;
}
}
if(data.status !== undefined){
let data85 = data.status;
if(!(data85 && typeof data85 == "object" && !Array.isArray(data85))){
const err236 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err236];
}
else {
vErrors.push(err236);
}
errors++;
}
}
}
else {
const err237 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err237];
}
else {
vErrors.push(err237);
}
errors++;
}
validate11.errors = vErrors;
return errors === 0;
}

export const validateArchive = validate12;
const schema13 = {"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","enum":["ssmd.io/v1alpha1"]},"kind":{"type":"string","enum":["Archive"]},"metadata":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","maxLength":52,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"namespace":{"type":"string","maxLength":63,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"labels":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"annotations":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"uid":{"type":"string","maxLength":253},"resourceVersion":{"type":"string","maxLength":253},"generation":{"type":"integer"},"creationTimestamp":{"type":"string","maxLength":253},"deletionTimestamp":{"type":"string","maxLength":253},"deletionGracePeriodSeconds":{"type":"integer"},"finalizers":{"type":"array","maxItems":64,"items":{"type":"string","maxLength":253}},"selfLink":{"type":"string","maxLength":253},"generateName":{"type":"string","maxLength":253},"ownerReferences":{"type":"array","maxItems":64,"items":{"type":"object"}},"managedFields":{"type":"array","maxItems":1024,"items":{"type":"object"}}}},"spec":{"type":"object","required":["environmentRef","feeds","storage"],"properties":{"environmentRef":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}},"additionalProperties":false},"feeds":{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}},"types":{"type":"array","minItems":1,"maxItems":64,"items":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_.:@-]+$"}},"storage":{"type":"object","properties":{"path":{"type":"string","minLength":1,"maxLength":1024},"claim":{"type":"object","properties":{"size":{"type":"string","maxLength":15,"pattern":"^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"},"storageClassName":{"type":"string","minLength":1,"maxLength":253,"pattern":"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},"name":{"type":"string","minLength":1,"maxLength":253,"pattern":"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}},"additionalProperties":false}},"additionalProperties":false},"rotation":{"type":"object","default":{},"properties":{"maxAge":{"type":"string","default":"1h","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"},"maxBytes":{"type":"string","default":"256Mi","maxLength":15,"pattern":"^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"}},"additionalProperties":false},"commitInterval":{"type":"string","default":"1s","maxLength":7,"pattern":"^[1-9][0-9]{0,4}(ms|s)$"},"compression":{"type":"object","default":{},"properties":{"level":{"type":"integer","default":6,"minimum":1,"maximum":9}},"additionalProperties":false},"retention":{"type":"object","required":["days"],"properties":{"days":{"type":"integer","minimum":1,"maximum":36500}},"additionalProperties":false},"resources":{"type":"object","properties":{"requests":{"type":"object","maxProperties":8,"additionalProperties":{"minimum":0,"maximum":9007199254740991,"maxLength":32,"pattern":"^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$","type":["integer","string"]}},"limits":{"type":"object","maxProperties":8,"additionalProperties":{"minimum":0,"maximum":9007199254740991,"maxLength":32,"pattern":"^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$","type":["integer","string"]}}},"additionalProperties":false},"deletionPolicy":{"type":"string","enum":["Retain","Delete"],"default":"Retain"}},"additionalProperties":false},"status":{"type":"object"}}};
const pattern81 = new RegExp("^[1-9][0-9]{0,4}(ms|s)$", "u");

function validate12(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec")) || (key0 === "status"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "ssmd.io/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/enum",keyword:"enum",params:{allowedValues: schema13.properties.apiVersion.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Archive")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema13.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
let data2 = data.metadata;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err9 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data2){
if(!(func2.call(schema13.properties.metadata.properties, key1))){
const err10 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(func3(data3) > 52){
const err11 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/maxLength",keyword:"maxLength",params:{limit: 52}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!pattern0.test(data3)){
const err12 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data2.namespace !== undefined){
let data4 = data2.namespace;
if(typeof data4 === "string"){
if(func3(data4) > 63){
const err14 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern0.test(data4)){
const err15 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data2.labels !== undefined){
let data5 = data2.labels;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(Object.keys(data5).length > 256){
const err17 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data5){
let data6 = data5[key2];
if(typeof data6 === "string"){
if(func3(data6) > 262144){
const err18 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.annotations !== undefined){
let data7 = data2.annotations;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(Object.keys(data7).length > 256){
const err21 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key3 in data7){
let data8 = data7[key3];
if(typeof data8 === "string"){
if(func3(data8) > 262144){
const err22 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.uid !== undefined){
let data9 = data2.uid;
if(typeof data9 === "string"){
if(func3(data9) > 253){
const err25 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.resourceVersion !== undefined){
let data10 = data2.resourceVersion;
if(typeof data10 === "string"){
if(func3(data10) > 253){
const err27 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.generation !== undefined){
let data11 = data2.generation;
if(!((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11)))){
const err29 = {instancePath:instancePath+"/metadata/generation",schemaPath:"#/properties/metadata/properties/generation/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data2.creationTimestamp !== undefined){
let data12 = data2.creationTimestamp;
if(typeof data12 === "string"){
if(func3(data12) > 253){
const err30 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data2.deletionTimestamp !== undefined){
let data13 = data2.deletionTimestamp;
if(typeof data13 === "string"){
if(func3(data13) > 253){
const err32 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data2.deletionGracePeriodSeconds !== undefined){
let data14 = data2.deletionGracePeriodSeconds;
if(!((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14)))){
const err34 = {instancePath:instancePath+"/metadata/deletionGracePeriodSeconds",schemaPath:"#/properties/metadata/properties/deletionGracePeriodSeconds/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.finalizers !== undefined){
let data15 = data2.finalizers;
if(Array.isArray(data15)){
if(data15.length > 64){
const err35 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
if(typeof data16 === "string"){
if(func3(data16) > 253){
const err36 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data2.selfLink !== undefined){
let data17 = data2.selfLink;
if(typeof data17 === "string"){
if(func3(data17) > 253){
const err39 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data2.generateName !== undefined){
let data18 = data2.generateName;
if(typeof data18 === "string"){
if(func3(data18) > 253){
const err41 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data2.ownerReferences !== undefined){
let data19 = data2.ownerReferences;
if(Array.isArray(data19)){
if(data19.length > 64){
const err43 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
const len1 = data19.length;
for(let i1=0; i1<len1; i1++){
let data20 = data19[i1];
if(!(data20 && typeof data20 == "object" && !Array.isArray(data20))){
const err44 = {instancePath:instancePath+"/metadata/ownerReferences/" + i1,schemaPath:"#/properties/metadata/properties/ownerReferences/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data2.managedFields !== undefined){
let data21 = data2.managedFields;
if(Array.isArray(data21)){
if(data21.length > 1024){
const err46 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len2 = data21.length;
for(let i2=0; i2<len2; i2++){
let data22 = data21[i2];
if(!(data22 && typeof data22 == "object" && !Array.isArray(data22))){
const err47 = {instancePath:instancePath+"/metadata/managedFields/" + i2,schemaPath:"#/properties/metadata/properties/managedFields/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
else {
const err49 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data.spec !== undefined){
let data23 = data.spec;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
if(data23.rotation === undefined){
data23.rotation = {};
}
if(data23.commitInterval === undefined){
data23.commitInterval = "1s";
}
if(data23.compression === undefined){
data23.compression = {};
}
if(data23.deletionPolicy === undefined){
data23.deletionPolicy = "Retain";
}
if(data23.environmentRef === undefined){
const err50 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "environmentRef"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data23.feeds === undefined){
const err51 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "feeds"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data23.storage === undefined){
const err52 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "storage"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
for(const key4 in data23){
if(!(func2.call(schema13.properties.spec.properties, key4))){
const err53 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data23.environmentRef !== undefined){
let data24 = data23.environmentRef;
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
if(data24.name === undefined){
const err54 = {instancePath:instancePath+"/spec/environmentRef",schemaPath:"#/properties/spec/properties/environmentRef/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
for(const key5 in data24){
if(!(key5 === "name")){
const err55 = {instancePath:instancePath+"/spec/environmentRef",schemaPath:"#/properties/spec/properties/environmentRef/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data24.name !== undefined){
let data25 = data24.name;
if(typeof data25 === "string"){
if(func3(data25) > 40){
const err56 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(func3(data25) < 1){
const err57 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(!pattern0.test(data25)){
const err58 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
else {
const err59 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/spec/environmentRef",schemaPath:"#/properties/spec/properties/environmentRef/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data23.feeds !== undefined){
let data26 = data23.feeds;
if(Array.isArray(data26)){
if(data26.length > 256){
const err61 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(data26.length < 1){
const err62 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
const len3 = data26.length;
for(let i3=0; i3<len3; i3++){
let data27 = data26[i3];
if(typeof data27 === "string"){
if(func3(data27) > 40){
const err63 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
if(func3(data27) < 1){
const err64 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
if(!pattern0.test(data27)){
const err65 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
else {
const err66 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
}
else {
const err67 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
if(data23.types !== undefined){
let data28 = data23.types;
if(Array.isArray(data28)){
if(data28.length > 64){
const err68 = {instancePath:instancePath+"/spec/types",schemaPath:"#/properties/spec/properties/types/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
if(data28.length < 1){
const err69 = {instancePath:instancePath+"/spec/types",schemaPath:"#/properties/spec/properties/types/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
const len4 = data28.length;
for(let i4=0; i4<len4; i4++){
let data29 = data28[i4];
if(typeof data29 === "string"){
if(func3(data29) > 64){
const err70 = {instancePath:instancePath+"/spec/types/" + i4,schemaPath:"#/properties/spec/properties/types/items/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
if(func3(data29) < 1){
const err71 = {instancePath:instancePath+"/spec/types/" + i4,schemaPath:"#/properties/spec/properties/types/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(!pattern7.test(data29)){
const err72 = {instancePath:instancePath+"/spec/types/" + i4,schemaPath:"#/properties/spec/properties/types/items/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_.:@-]+$"}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
}
else {
const err73 = {instancePath:instancePath+"/spec/types/" + i4,schemaPath:"#/properties/spec/properties/types/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
}
else {
const err74 = {instancePath:instancePath+"/spec/types",schemaPath:"#/properties/spec/properties/types/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
if(data23.storage !== undefined){
let data30 = data23.storage;
if(data30 && typeof data30 == "object" && !Array.isArray(data30)){
for(const key6 in data30){
if(!((key6 === "path") || (key6 === "claim"))){
const err75 = {instancePath:instancePath+"/spec/storage",schemaPath:"#/properties/spec/properties/storage/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key6}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data30.path !== undefined){
let data31 = data30.path;
if(typeof data31 === "string"){
if(func3(data31) > 1024){
const err76 = {instancePath:instancePath+"/spec/storage/path",schemaPath:"#/properties/spec/properties/storage/properties/path/maxLength",keyword:"maxLength",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(func3(data31) < 1){
const err77 = {instancePath:instancePath+"/spec/storage/path",schemaPath:"#/properties/spec/properties/storage/properties/path/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
}
else {
const err78 = {instancePath:instancePath+"/spec/storage/path",schemaPath:"#/properties/spec/properties/storage/properties/path/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
}
if(data30.claim !== undefined){
let data32 = data30.claim;
if(data32 && typeof data32 == "object" && !Array.isArray(data32)){
for(const key7 in data32){
if(!(((key7 === "size") || (key7 === "storageClassName")) || (key7 === "name"))){
const err79 = {instancePath:instancePath+"/spec/storage/claim",schemaPath:"#/properties/spec/properties/storage/properties/claim/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
}
if(data32.size !== undefined){
let data33 = data32.size;
if(typeof data33 === "string"){
if(func3(data33) > 15){
const err80 = {instancePath:instancePath+"/spec/storage/claim/size",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/size/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
if(!pattern48.test(data33)){
const err81 = {instancePath:instancePath+"/spec/storage/claim/size",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/size/pattern",keyword:"pattern",params:{pattern: "^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
else {
const err82 = {instancePath:instancePath+"/spec/storage/claim/size",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/size/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
if(data32.storageClassName !== undefined){
let data34 = data32.storageClassName;
if(typeof data34 === "string"){
if(func3(data34) > 253){
const err83 = {instancePath:instancePath+"/spec/storage/claim/storageClassName",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/storageClassName/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if(func3(data34) < 1){
const err84 = {instancePath:instancePath+"/spec/storage/claim/storageClassName",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/storageClassName/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(!pattern46.test(data34)){
const err85 = {instancePath:instancePath+"/spec/storage/claim/storageClassName",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/storageClassName/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
}
else {
const err86 = {instancePath:instancePath+"/spec/storage/claim/storageClassName",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/storageClassName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
}
if(data32.name !== undefined){
let data35 = data32.name;
if(typeof data35 === "string"){
if(func3(data35) > 253){
const err87 = {instancePath:instancePath+"/spec/storage/claim/name",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/name/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
if(func3(data35) < 1){
const err88 = {instancePath:instancePath+"/spec/storage/claim/name",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
if(!pattern46.test(data35)){
const err89 = {instancePath:instancePath+"/spec/storage/claim/name",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
}
else {
const err90 = {instancePath:instancePath+"/spec/storage/claim/name",schemaPath:"#/properties/spec/properties/storage/properties/claim/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
}
}
else {
const err91 = {instancePath:instancePath+"/spec/storage/claim",schemaPath:"#/properties/spec/properties/storage/properties/claim/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
}
else {
const err92 = {instancePath:instancePath+"/spec/storage",schemaPath:"#/properties/spec/properties/storage/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
let data36 = data23.rotation;
if(data36 && typeof data36 == "object" && !Array.isArray(data36)){
if(data36.maxAge === undefined){
data36.maxAge = "1h";
}
if(data36.maxBytes === undefined){
data36.maxBytes = "256Mi";
}
for(const key8 in data36){
if(!((key8 === "maxAge") || (key8 === "maxBytes"))){
const err93 = {instancePath:instancePath+"/spec/rotation",schemaPath:"#/properties/spec/properties/rotation/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
}
let data37 = data36.maxAge;
if(typeof data37 === "string"){
if(func3(data37) > 8){
const err94 = {instancePath:instancePath+"/spec/rotation/maxAge",schemaPath:"#/properties/spec/properties/rotation/properties/maxAge/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
if(!pattern10.test(data37)){
const err95 = {instancePath:instancePath+"/spec/rotation/maxAge",schemaPath:"#/properties/spec/properties/rotation/properties/maxAge/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
}
else {
const err96 = {instancePath:instancePath+"/spec/rotation/maxAge",schemaPath:"#/properties/spec/properties/rotation/properties/maxAge/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
let data38 = data36.maxBytes;
if(typeof data38 === "string"){
if(func3(data38) > 15){
const err97 = {instancePath:instancePath+"/spec/rotation/maxBytes",schemaPath:"#/properties/spec/properties/rotation/properties/maxBytes/maxLength",keyword:"maxLength",params:{limit: 15}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
if(!pattern48.test(data38)){
const err98 = {instancePath:instancePath+"/spec/rotation/maxBytes",schemaPath:"#/properties/spec/properties/rotation/properties/maxBytes/pattern",keyword:"pattern",params:{pattern: "^([1-9][0-9]{0,14}|[1-9][0-9]{0,5}(Ki|Mi|Gi)|[1-9][0-9]{0,2}Ti)$"}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
}
else {
const err99 = {instancePath:instancePath+"/spec/rotation/maxBytes",schemaPath:"#/properties/spec/properties/rotation/properties/maxBytes/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
}
else {
const err100 = {instancePath:instancePath+"/spec/rotation",schemaPath:"#/properties/spec/properties/rotation/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
let data39 = data23.commitInterval;
if(typeof data39 === "string"){
if(func3(data39) > 7){
const err101 = {instancePath:instancePath+"/spec/commitInterval",schemaPath:"#/properties/spec/properties/commitInterval/maxLength",keyword:"maxLength",params:{limit: 7}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
if(!pattern81.test(data39)){
const err102 = {instancePath:instancePath+"/spec/commitInterval",schemaPath:"#/properties/spec/properties/commitInterval/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,4}(ms|s)$"}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
}
else {
const err103 = {instancePath:instancePath+"/spec/commitInterval",schemaPath:"#/properties/spec/properties/commitInterval/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
let data40 = data23.compression;
if(data40 && typeof data40 == "object" && !Array.isArray(data40)){
if(data40.level === undefined){
data40.level = 6;
}
for(const key9 in data40){
if(!(key9 === "level")){
const err104 = {instancePath:instancePath+"/spec/compression",schemaPath:"#/properties/spec/properties/compression/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
}
let data41 = data40.level;
if(!((typeof data41 == "number") && (!(data41 % 1) && !isNaN(data41)))){
const err105 = {instancePath:instancePath+"/spec/compression/level",schemaPath:"#/properties/spec/properties/compression/properties/level/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(typeof data41 == "number"){
if(data41 > 9 || isNaN(data41)){
const err106 = {instancePath:instancePath+"/spec/compression/level",schemaPath:"#/properties/spec/properties/compression/properties/level/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
if(data41 < 1 || isNaN(data41)){
const err107 = {instancePath:instancePath+"/spec/compression/level",schemaPath:"#/properties/spec/properties/compression/properties/level/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
}
else {
const err108 = {instancePath:instancePath+"/spec/compression",schemaPath:"#/properties/spec/properties/compression/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
if(data23.retention !== undefined){
let data42 = data23.retention;
if(data42 && typeof data42 == "object" && !Array.isArray(data42)){
if(data42.days === undefined){
const err109 = {instancePath:instancePath+"/spec/retention",schemaPath:"#/properties/spec/properties/retention/required",keyword:"required",params:{missingProperty: "days"}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
for(const key10 in data42){
if(!(key10 === "days")){
const err110 = {instancePath:instancePath+"/spec/retention",schemaPath:"#/properties/spec/properties/retention/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
}
if(data42.days !== undefined){
let data43 = data42.days;
if(!((typeof data43 == "number") && (!(data43 % 1) && !isNaN(data43)))){
const err111 = {instancePath:instancePath+"/spec/retention/days",schemaPath:"#/properties/spec/properties/retention/properties/days/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
if(typeof data43 == "number"){
if(data43 > 36500 || isNaN(data43)){
const err112 = {instancePath:instancePath+"/spec/retention/days",schemaPath:"#/properties/spec/properties/retention/properties/days/maximum",keyword:"maximum",params:{comparison: "<=", limit: 36500}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
if(data43 < 1 || isNaN(data43)){
const err113 = {instancePath:instancePath+"/spec/retention/days",schemaPath:"#/properties/spec/properties/retention/properties/days/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
}
}
}
else {
const err114 = {instancePath:instancePath+"/spec/retention",schemaPath:"#/properties/spec/properties/retention/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
}
if(data23.resources !== undefined){
let data44 = data23.resources;
if(data44 && typeof data44 == "object" && !Array.isArray(data44)){
for(const key11 in data44){
if(!((key11 === "requests") || (key11 === "limits"))){
const err115 = {instancePath:instancePath+"/spec/resources",schemaPath:"#/properties/spec/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key11}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data44.requests !== undefined){
let data45 = data44.requests;
if(data45 && typeof data45 == "object" && !Array.isArray(data45)){
if(Object.keys(data45).length > 8){
const err116 = {instancePath:instancePath+"/spec/resources/requests",schemaPath:"#/properties/spec/properties/resources/properties/requests/maxProperties",keyword:"maxProperties",params:{limit: 8}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
for(const key12 in data45){
let data46 = data45[key12];
if((!((typeof data46 == "number") && (!(data46 % 1) && !isNaN(data46)))) && (typeof data46 !== "string")){
const err117 = {instancePath:instancePath+"/spec/resources/requests/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/type",keyword:"type",params:{type: schema13.properties.spec.properties.resources.properties.requests.additionalProperties.type}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
if(typeof data46 == "number"){
if(data46 > 9007199254740991 || isNaN(data46)){
const err118 = {instancePath:instancePath+"/spec/resources/requests/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
if(data46 < 0 || isNaN(data46)){
const err119 = {instancePath:instancePath+"/spec/resources/requests/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
if(typeof data46 === "string"){
if(func3(data46) > 32){
const err120 = {instancePath:instancePath+"/spec/resources/requests/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
if(!pattern56.test(data46)){
const err121 = {instancePath:instancePath+"/spec/resources/requests/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$"}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
}
}
}
else {
const err122 = {instancePath:instancePath+"/spec/resources/requests",schemaPath:"#/properties/spec/properties/resources/properties/requests/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
if(data44.limits !== undefined){
let data47 = data44.limits;
if(data47 && typeof data47 == "object" && !Array.isArray(data47)){
if(Object.keys(data47).length > 8){
const err123 = {instancePath:instancePath+"/spec/resources/limits",schemaPath:"#/properties/spec/properties/resources/properties/limits/maxProperties",keyword:"maxProperties",params:{limit: 8}};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
for(const key13 in data47){
let data48 = data47[key13];
if((!((typeof data48 == "number") && (!(data48 % 1) && !isNaN(data48)))) && (typeof data48 !== "string")){
const err124 = {instancePath:instancePath+"/spec/resources/limits/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/type",keyword:"type",params:{type: schema13.properties.spec.properties.resources.properties.limits.additionalProperties.type}};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
if(typeof data48 == "number"){
if(data48 > 9007199254740991 || isNaN(data48)){
const err125 = {instancePath:instancePath+"/spec/resources/limits/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
if(data48 < 0 || isNaN(data48)){
const err126 = {instancePath:instancePath+"/spec/resources/limits/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
}
if(typeof data48 === "string"){
if(func3(data48) > 32){
const err127 = {instancePath:instancePath+"/spec/resources/limits/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
if(!pattern56.test(data48)){
const err128 = {instancePath:instancePath+"/spec/resources/limits/" + key13.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$"}};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
}
}
}
else {
const err129 = {instancePath:instancePath+"/spec/resources/limits",schemaPath:"#/properties/spec/properties/resources/properties/limits/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
}
}
else {
const err130 = {instancePath:instancePath+"/spec/resources",schemaPath:"#/properties/spec/properties/resources/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
let data49 = data23.deletionPolicy;
if(typeof data49 !== "string"){
const err131 = {instancePath:instancePath+"/spec/deletionPolicy",schemaPath:"#/properties/spec/properties/deletionPolicy/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
if(!((data49 === "Retain") || (data49 === "Delete"))){
const err132 = {instancePath:instancePath+"/spec/deletionPolicy",schemaPath:"#/properties/spec/properties/deletionPolicy/enum",keyword:"enum",params:{allowedValues: schema13.properties.spec.properties.deletionPolicy.enum}};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
else {
const err133 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
if(data.status !== undefined){
let data50 = data.status;
if(!(data50 && typeof data50 == "object" && !Array.isArray(data50))){
const err134 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
}
else {
const err135 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
validate12.errors = vErrors;
return errors === 0;
}

export const validateSignal = validate13;
const schema14 = {"type":"object","additionalProperties":false,"required":["apiVersion","kind","metadata","spec"],"properties":{"apiVersion":{"type":"string","enum":["ssmd.io/v1alpha1"]},"kind":{"type":"string","enum":["Signal"]},"metadata":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"name":{"type":"string","maxLength":33,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"namespace":{"type":"string","maxLength":63,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"labels":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"annotations":{"type":"object","maxProperties":256,"additionalProperties":{"type":"string","maxLength":262144}},"uid":{"type":"string","maxLength":253},"resourceVersion":{"type":"string","maxLength":253},"generation":{"type":"integer"},"creationTimestamp":{"type":"string","maxLength":253},"deletionTimestamp":{"type":"string","maxLength":253},"deletionGracePeriodSeconds":{"type":"integer"},"finalizers":{"type":"array","maxItems":64,"items":{"type":"string","maxLength":253}},"selfLink":{"type":"string","maxLength":253},"generateName":{"type":"string","maxLength":253},"ownerReferences":{"type":"array","maxItems":64,"items":{"type":"object"}},"managedFields":{"type":"array","maxItems":1024,"items":{"type":"object"}}}},"spec":{"type":"object","required":["environmentRef","source","feeds"],"properties":{"environmentRef":{"type":"object","required":["name"],"properties":{"name":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}},"additionalProperties":false},"source":{"type":"string","minLength":1,"maxLength":65536},"params":{"type":"object","maxProperties":64,"additionalProperties":{"maxProperties":0,"maxItems":0,"maxLength":1024}},"feeds":{"type":"array","minItems":1,"maxItems":32,"items":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}},"symbols":{"type":"array","minItems":1,"maxItems":256,"items":{"type":"string","minLength":1,"maxLength":128,"pattern":"^[^ \\t\\r\\n,]+$"}},"mode":{"type":"string","enum":["log","fast"],"default":"log"},"sinks":{"type":"array","maxItems":16,"items":{"type":"object","required":["name","type"],"properties":{"name":{"type":"string","minLength":1,"maxLength":40,"pattern":"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},"type":{"type":"string","enum":["webhook","ntfy","slack","email"]},"url":{"type":"string","maxLength":1024,"pattern":"^https?://[!-~]+$"},"topic":{"type":"string","minLength":1,"maxLength":64,"pattern":"^[A-Za-z0-9_-]+$"},"to":{"type":"array","minItems":1,"maxItems":16,"items":{"type":"string","minLength":3,"maxLength":254,"pattern":"^[^ \\t\\r\\n,;<>@]+@[^ \\t\\r\\n,;<>@]+$"}},"from":{"type":"string","minLength":3,"maxLength":254,"pattern":"^[^ \\t\\r\\n,;<>@]+@[^ \\t\\r\\n,;<>@]+$"},"secretRef":{"type":"object","required":["name","key"],"properties":{"name":{"type":"string","minLength":1,"maxLength":253,"pattern":"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"},"key":{"type":"string","minLength":1,"maxLength":253,"pattern":"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"}},"additionalProperties":false},"rateLimit":{"type":"object","required":["fires","per"],"properties":{"fires":{"type":"integer","minimum":1,"maximum":1000000},"per":{"type":"string","maxLength":8,"pattern":"^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}},"additionalProperties":false}},"additionalProperties":false}},"resources":{"type":"object","properties":{"requests":{"type":"object","maxProperties":8,"additionalProperties":{"minimum":0,"maximum":9007199254740991,"maxLength":32,"pattern":"^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$","type":["integer","string"]}},"limits":{"type":"object","maxProperties":8,"additionalProperties":{"minimum":0,"maximum":9007199254740991,"maxLength":32,"pattern":"^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$","type":["integer","string"]}}},"additionalProperties":false},"suspend":{"type":"boolean","default":false}},"additionalProperties":false},"status":{"type":"object"}}};
const pattern91 = new RegExp("^[A-Za-z0-9_-]+$", "u");
const pattern92 = new RegExp("^[^ \\t\\r\\n,;<>@]+@[^ \\t\\r\\n,;<>@]+$", "u");

function validate13(data, {instancePath="", parentData, parentDataProperty, rootData=data}={}){
let vErrors = null;
let errors = 0;
if(data && typeof data == "object" && !Array.isArray(data)){
if(data.apiVersion === undefined){
const err0 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "apiVersion"}};
if(vErrors === null){
vErrors = [err0];
}
else {
vErrors.push(err0);
}
errors++;
}
if(data.kind === undefined){
const err1 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "kind"}};
if(vErrors === null){
vErrors = [err1];
}
else {
vErrors.push(err1);
}
errors++;
}
if(data.metadata === undefined){
const err2 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "metadata"}};
if(vErrors === null){
vErrors = [err2];
}
else {
vErrors.push(err2);
}
errors++;
}
if(data.spec === undefined){
const err3 = {instancePath,schemaPath:"#/required",keyword:"required",params:{missingProperty: "spec"}};
if(vErrors === null){
vErrors = [err3];
}
else {
vErrors.push(err3);
}
errors++;
}
for(const key0 in data){
if(!(((((key0 === "apiVersion") || (key0 === "kind")) || (key0 === "metadata")) || (key0 === "spec")) || (key0 === "status"))){
const err4 = {instancePath,schemaPath:"#/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key0}};
if(vErrors === null){
vErrors = [err4];
}
else {
vErrors.push(err4);
}
errors++;
}
}
if(data.apiVersion !== undefined){
let data0 = data.apiVersion;
if(typeof data0 !== "string"){
const err5 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err5];
}
else {
vErrors.push(err5);
}
errors++;
}
if(!(data0 === "ssmd.io/v1alpha1")){
const err6 = {instancePath:instancePath+"/apiVersion",schemaPath:"#/properties/apiVersion/enum",keyword:"enum",params:{allowedValues: schema14.properties.apiVersion.enum}};
if(vErrors === null){
vErrors = [err6];
}
else {
vErrors.push(err6);
}
errors++;
}
}
if(data.kind !== undefined){
let data1 = data.kind;
if(typeof data1 !== "string"){
const err7 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err7];
}
else {
vErrors.push(err7);
}
errors++;
}
if(!(data1 === "Signal")){
const err8 = {instancePath:instancePath+"/kind",schemaPath:"#/properties/kind/enum",keyword:"enum",params:{allowedValues: schema14.properties.kind.enum}};
if(vErrors === null){
vErrors = [err8];
}
else {
vErrors.push(err8);
}
errors++;
}
}
if(data.metadata !== undefined){
let data2 = data.metadata;
if(data2 && typeof data2 == "object" && !Array.isArray(data2)){
if(data2.name === undefined){
const err9 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err9];
}
else {
vErrors.push(err9);
}
errors++;
}
for(const key1 in data2){
if(!(func2.call(schema14.properties.metadata.properties, key1))){
const err10 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key1}};
if(vErrors === null){
vErrors = [err10];
}
else {
vErrors.push(err10);
}
errors++;
}
}
if(data2.name !== undefined){
let data3 = data2.name;
if(typeof data3 === "string"){
if(func3(data3) > 33){
const err11 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/maxLength",keyword:"maxLength",params:{limit: 33}};
if(vErrors === null){
vErrors = [err11];
}
else {
vErrors.push(err11);
}
errors++;
}
if(!pattern0.test(data3)){
const err12 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err12];
}
else {
vErrors.push(err12);
}
errors++;
}
}
else {
const err13 = {instancePath:instancePath+"/metadata/name",schemaPath:"#/properties/metadata/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err13];
}
else {
vErrors.push(err13);
}
errors++;
}
}
if(data2.namespace !== undefined){
let data4 = data2.namespace;
if(typeof data4 === "string"){
if(func3(data4) > 63){
const err14 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/maxLength",keyword:"maxLength",params:{limit: 63}};
if(vErrors === null){
vErrors = [err14];
}
else {
vErrors.push(err14);
}
errors++;
}
if(!pattern0.test(data4)){
const err15 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err15];
}
else {
vErrors.push(err15);
}
errors++;
}
}
else {
const err16 = {instancePath:instancePath+"/metadata/namespace",schemaPath:"#/properties/metadata/properties/namespace/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err16];
}
else {
vErrors.push(err16);
}
errors++;
}
}
if(data2.labels !== undefined){
let data5 = data2.labels;
if(data5 && typeof data5 == "object" && !Array.isArray(data5)){
if(Object.keys(data5).length > 256){
const err17 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err17];
}
else {
vErrors.push(err17);
}
errors++;
}
for(const key2 in data5){
let data6 = data5[key2];
if(typeof data6 === "string"){
if(func3(data6) > 262144){
const err18 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err18];
}
else {
vErrors.push(err18);
}
errors++;
}
}
else {
const err19 = {instancePath:instancePath+"/metadata/labels/" + key2.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/labels/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err19];
}
else {
vErrors.push(err19);
}
errors++;
}
}
}
else {
const err20 = {instancePath:instancePath+"/metadata/labels",schemaPath:"#/properties/metadata/properties/labels/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err20];
}
else {
vErrors.push(err20);
}
errors++;
}
}
if(data2.annotations !== undefined){
let data7 = data2.annotations;
if(data7 && typeof data7 == "object" && !Array.isArray(data7)){
if(Object.keys(data7).length > 256){
const err21 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/maxProperties",keyword:"maxProperties",params:{limit: 256}};
if(vErrors === null){
vErrors = [err21];
}
else {
vErrors.push(err21);
}
errors++;
}
for(const key3 in data7){
let data8 = data7[key3];
if(typeof data8 === "string"){
if(func3(data8) > 262144){
const err22 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 262144}};
if(vErrors === null){
vErrors = [err22];
}
else {
vErrors.push(err22);
}
errors++;
}
}
else {
const err23 = {instancePath:instancePath+"/metadata/annotations/" + key3.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/metadata/properties/annotations/additionalProperties/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err23];
}
else {
vErrors.push(err23);
}
errors++;
}
}
}
else {
const err24 = {instancePath:instancePath+"/metadata/annotations",schemaPath:"#/properties/metadata/properties/annotations/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err24];
}
else {
vErrors.push(err24);
}
errors++;
}
}
if(data2.uid !== undefined){
let data9 = data2.uid;
if(typeof data9 === "string"){
if(func3(data9) > 253){
const err25 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err25];
}
else {
vErrors.push(err25);
}
errors++;
}
}
else {
const err26 = {instancePath:instancePath+"/metadata/uid",schemaPath:"#/properties/metadata/properties/uid/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err26];
}
else {
vErrors.push(err26);
}
errors++;
}
}
if(data2.resourceVersion !== undefined){
let data10 = data2.resourceVersion;
if(typeof data10 === "string"){
if(func3(data10) > 253){
const err27 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err27];
}
else {
vErrors.push(err27);
}
errors++;
}
}
else {
const err28 = {instancePath:instancePath+"/metadata/resourceVersion",schemaPath:"#/properties/metadata/properties/resourceVersion/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err28];
}
else {
vErrors.push(err28);
}
errors++;
}
}
if(data2.generation !== undefined){
let data11 = data2.generation;
if(!((typeof data11 == "number") && (!(data11 % 1) && !isNaN(data11)))){
const err29 = {instancePath:instancePath+"/metadata/generation",schemaPath:"#/properties/metadata/properties/generation/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err29];
}
else {
vErrors.push(err29);
}
errors++;
}
}
if(data2.creationTimestamp !== undefined){
let data12 = data2.creationTimestamp;
if(typeof data12 === "string"){
if(func3(data12) > 253){
const err30 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err30];
}
else {
vErrors.push(err30);
}
errors++;
}
}
else {
const err31 = {instancePath:instancePath+"/metadata/creationTimestamp",schemaPath:"#/properties/metadata/properties/creationTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err31];
}
else {
vErrors.push(err31);
}
errors++;
}
}
if(data2.deletionTimestamp !== undefined){
let data13 = data2.deletionTimestamp;
if(typeof data13 === "string"){
if(func3(data13) > 253){
const err32 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err32];
}
else {
vErrors.push(err32);
}
errors++;
}
}
else {
const err33 = {instancePath:instancePath+"/metadata/deletionTimestamp",schemaPath:"#/properties/metadata/properties/deletionTimestamp/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err33];
}
else {
vErrors.push(err33);
}
errors++;
}
}
if(data2.deletionGracePeriodSeconds !== undefined){
let data14 = data2.deletionGracePeriodSeconds;
if(!((typeof data14 == "number") && (!(data14 % 1) && !isNaN(data14)))){
const err34 = {instancePath:instancePath+"/metadata/deletionGracePeriodSeconds",schemaPath:"#/properties/metadata/properties/deletionGracePeriodSeconds/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err34];
}
else {
vErrors.push(err34);
}
errors++;
}
}
if(data2.finalizers !== undefined){
let data15 = data2.finalizers;
if(Array.isArray(data15)){
if(data15.length > 64){
const err35 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err35];
}
else {
vErrors.push(err35);
}
errors++;
}
const len0 = data15.length;
for(let i0=0; i0<len0; i0++){
let data16 = data15[i0];
if(typeof data16 === "string"){
if(func3(data16) > 253){
const err36 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err36];
}
else {
vErrors.push(err36);
}
errors++;
}
}
else {
const err37 = {instancePath:instancePath+"/metadata/finalizers/" + i0,schemaPath:"#/properties/metadata/properties/finalizers/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err37];
}
else {
vErrors.push(err37);
}
errors++;
}
}
}
else {
const err38 = {instancePath:instancePath+"/metadata/finalizers",schemaPath:"#/properties/metadata/properties/finalizers/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err38];
}
else {
vErrors.push(err38);
}
errors++;
}
}
if(data2.selfLink !== undefined){
let data17 = data2.selfLink;
if(typeof data17 === "string"){
if(func3(data17) > 253){
const err39 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err39];
}
else {
vErrors.push(err39);
}
errors++;
}
}
else {
const err40 = {instancePath:instancePath+"/metadata/selfLink",schemaPath:"#/properties/metadata/properties/selfLink/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err40];
}
else {
vErrors.push(err40);
}
errors++;
}
}
if(data2.generateName !== undefined){
let data18 = data2.generateName;
if(typeof data18 === "string"){
if(func3(data18) > 253){
const err41 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err41];
}
else {
vErrors.push(err41);
}
errors++;
}
}
else {
const err42 = {instancePath:instancePath+"/metadata/generateName",schemaPath:"#/properties/metadata/properties/generateName/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err42];
}
else {
vErrors.push(err42);
}
errors++;
}
}
if(data2.ownerReferences !== undefined){
let data19 = data2.ownerReferences;
if(Array.isArray(data19)){
if(data19.length > 64){
const err43 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/maxItems",keyword:"maxItems",params:{limit: 64}};
if(vErrors === null){
vErrors = [err43];
}
else {
vErrors.push(err43);
}
errors++;
}
const len1 = data19.length;
for(let i1=0; i1<len1; i1++){
let data20 = data19[i1];
if(!(data20 && typeof data20 == "object" && !Array.isArray(data20))){
const err44 = {instancePath:instancePath+"/metadata/ownerReferences/" + i1,schemaPath:"#/properties/metadata/properties/ownerReferences/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err44];
}
else {
vErrors.push(err44);
}
errors++;
}
}
}
else {
const err45 = {instancePath:instancePath+"/metadata/ownerReferences",schemaPath:"#/properties/metadata/properties/ownerReferences/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err45];
}
else {
vErrors.push(err45);
}
errors++;
}
}
if(data2.managedFields !== undefined){
let data21 = data2.managedFields;
if(Array.isArray(data21)){
if(data21.length > 1024){
const err46 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/maxItems",keyword:"maxItems",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err46];
}
else {
vErrors.push(err46);
}
errors++;
}
const len2 = data21.length;
for(let i2=0; i2<len2; i2++){
let data22 = data21[i2];
if(!(data22 && typeof data22 == "object" && !Array.isArray(data22))){
const err47 = {instancePath:instancePath+"/metadata/managedFields/" + i2,schemaPath:"#/properties/metadata/properties/managedFields/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err47];
}
else {
vErrors.push(err47);
}
errors++;
}
}
}
else {
const err48 = {instancePath:instancePath+"/metadata/managedFields",schemaPath:"#/properties/metadata/properties/managedFields/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err48];
}
else {
vErrors.push(err48);
}
errors++;
}
}
}
else {
const err49 = {instancePath:instancePath+"/metadata",schemaPath:"#/properties/metadata/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err49];
}
else {
vErrors.push(err49);
}
errors++;
}
}
if(data.spec !== undefined){
let data23 = data.spec;
if(data23 && typeof data23 == "object" && !Array.isArray(data23)){
if(data23.mode === undefined){
data23.mode = "log";
}
if(data23.suspend === undefined){
data23.suspend = false;
}
if(data23.environmentRef === undefined){
const err50 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "environmentRef"}};
if(vErrors === null){
vErrors = [err50];
}
else {
vErrors.push(err50);
}
errors++;
}
if(data23.source === undefined){
const err51 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "source"}};
if(vErrors === null){
vErrors = [err51];
}
else {
vErrors.push(err51);
}
errors++;
}
if(data23.feeds === undefined){
const err52 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/required",keyword:"required",params:{missingProperty: "feeds"}};
if(vErrors === null){
vErrors = [err52];
}
else {
vErrors.push(err52);
}
errors++;
}
for(const key4 in data23){
if(!(func2.call(schema14.properties.spec.properties, key4))){
const err53 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key4}};
if(vErrors === null){
vErrors = [err53];
}
else {
vErrors.push(err53);
}
errors++;
}
}
if(data23.environmentRef !== undefined){
let data24 = data23.environmentRef;
if(data24 && typeof data24 == "object" && !Array.isArray(data24)){
if(data24.name === undefined){
const err54 = {instancePath:instancePath+"/spec/environmentRef",schemaPath:"#/properties/spec/properties/environmentRef/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err54];
}
else {
vErrors.push(err54);
}
errors++;
}
for(const key5 in data24){
if(!(key5 === "name")){
const err55 = {instancePath:instancePath+"/spec/environmentRef",schemaPath:"#/properties/spec/properties/environmentRef/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key5}};
if(vErrors === null){
vErrors = [err55];
}
else {
vErrors.push(err55);
}
errors++;
}
}
if(data24.name !== undefined){
let data25 = data24.name;
if(typeof data25 === "string"){
if(func3(data25) > 40){
const err56 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err56];
}
else {
vErrors.push(err56);
}
errors++;
}
if(func3(data25) < 1){
const err57 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err57];
}
else {
vErrors.push(err57);
}
errors++;
}
if(!pattern0.test(data25)){
const err58 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err58];
}
else {
vErrors.push(err58);
}
errors++;
}
}
else {
const err59 = {instancePath:instancePath+"/spec/environmentRef/name",schemaPath:"#/properties/spec/properties/environmentRef/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err59];
}
else {
vErrors.push(err59);
}
errors++;
}
}
}
else {
const err60 = {instancePath:instancePath+"/spec/environmentRef",schemaPath:"#/properties/spec/properties/environmentRef/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err60];
}
else {
vErrors.push(err60);
}
errors++;
}
}
if(data23.source !== undefined){
let data26 = data23.source;
if(typeof data26 === "string"){
if(func3(data26) > 65536){
const err61 = {instancePath:instancePath+"/spec/source",schemaPath:"#/properties/spec/properties/source/maxLength",keyword:"maxLength",params:{limit: 65536}};
if(vErrors === null){
vErrors = [err61];
}
else {
vErrors.push(err61);
}
errors++;
}
if(func3(data26) < 1){
const err62 = {instancePath:instancePath+"/spec/source",schemaPath:"#/properties/spec/properties/source/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err62];
}
else {
vErrors.push(err62);
}
errors++;
}
}
else {
const err63 = {instancePath:instancePath+"/spec/source",schemaPath:"#/properties/spec/properties/source/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err63];
}
else {
vErrors.push(err63);
}
errors++;
}
}
if(data23.params !== undefined){
let data27 = data23.params;
if(data27 && typeof data27 == "object" && !Array.isArray(data27)){
if(Object.keys(data27).length > 64){
const err64 = {instancePath:instancePath+"/spec/params",schemaPath:"#/properties/spec/properties/params/maxProperties",keyword:"maxProperties",params:{limit: 64}};
if(vErrors === null){
vErrors = [err64];
}
else {
vErrors.push(err64);
}
errors++;
}
for(const key6 in data27){
let data28 = data27[key6];
if(typeof data28 === "string"){
if(func3(data28) > 1024){
const err65 = {instancePath:instancePath+"/spec/params/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/params/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err65];
}
else {
vErrors.push(err65);
}
errors++;
}
}
if(Array.isArray(data28)){
if(data28.length > 0){
const err66 = {instancePath:instancePath+"/spec/params/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/params/additionalProperties/maxItems",keyword:"maxItems",params:{limit: 0}};
if(vErrors === null){
vErrors = [err66];
}
else {
vErrors.push(err66);
}
errors++;
}
}
if(data28 && typeof data28 == "object" && !Array.isArray(data28)){
if(Object.keys(data28).length > 0){
const err67 = {instancePath:instancePath+"/spec/params/" + key6.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/params/additionalProperties/maxProperties",keyword:"maxProperties",params:{limit: 0}};
if(vErrors === null){
vErrors = [err67];
}
else {
vErrors.push(err67);
}
errors++;
}
}
}
}
else {
const err68 = {instancePath:instancePath+"/spec/params",schemaPath:"#/properties/spec/properties/params/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err68];
}
else {
vErrors.push(err68);
}
errors++;
}
}
if(data23.feeds !== undefined){
let data29 = data23.feeds;
if(Array.isArray(data29)){
if(data29.length > 32){
const err69 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/maxItems",keyword:"maxItems",params:{limit: 32}};
if(vErrors === null){
vErrors = [err69];
}
else {
vErrors.push(err69);
}
errors++;
}
if(data29.length < 1){
const err70 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err70];
}
else {
vErrors.push(err70);
}
errors++;
}
const len3 = data29.length;
for(let i3=0; i3<len3; i3++){
let data30 = data29[i3];
if(typeof data30 === "string"){
if(func3(data30) > 40){
const err71 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err71];
}
else {
vErrors.push(err71);
}
errors++;
}
if(func3(data30) < 1){
const err72 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err72];
}
else {
vErrors.push(err72);
}
errors++;
}
if(!pattern0.test(data30)){
const err73 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err73];
}
else {
vErrors.push(err73);
}
errors++;
}
}
else {
const err74 = {instancePath:instancePath+"/spec/feeds/" + i3,schemaPath:"#/properties/spec/properties/feeds/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err74];
}
else {
vErrors.push(err74);
}
errors++;
}
}
}
else {
const err75 = {instancePath:instancePath+"/spec/feeds",schemaPath:"#/properties/spec/properties/feeds/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err75];
}
else {
vErrors.push(err75);
}
errors++;
}
}
if(data23.symbols !== undefined){
let data31 = data23.symbols;
if(Array.isArray(data31)){
if(data31.length > 256){
const err76 = {instancePath:instancePath+"/spec/symbols",schemaPath:"#/properties/spec/properties/symbols/maxItems",keyword:"maxItems",params:{limit: 256}};
if(vErrors === null){
vErrors = [err76];
}
else {
vErrors.push(err76);
}
errors++;
}
if(data31.length < 1){
const err77 = {instancePath:instancePath+"/spec/symbols",schemaPath:"#/properties/spec/properties/symbols/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err77];
}
else {
vErrors.push(err77);
}
errors++;
}
const len4 = data31.length;
for(let i4=0; i4<len4; i4++){
let data32 = data31[i4];
if(typeof data32 === "string"){
if(func3(data32) > 128){
const err78 = {instancePath:instancePath+"/spec/symbols/" + i4,schemaPath:"#/properties/spec/properties/symbols/items/maxLength",keyword:"maxLength",params:{limit: 128}};
if(vErrors === null){
vErrors = [err78];
}
else {
vErrors.push(err78);
}
errors++;
}
if(func3(data32) < 1){
const err79 = {instancePath:instancePath+"/spec/symbols/" + i4,schemaPath:"#/properties/spec/properties/symbols/items/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err79];
}
else {
vErrors.push(err79);
}
errors++;
}
if(!pattern8.test(data32)){
const err80 = {instancePath:instancePath+"/spec/symbols/" + i4,schemaPath:"#/properties/spec/properties/symbols/items/pattern",keyword:"pattern",params:{pattern: "^[^ \\t\\r\\n,]+$"}};
if(vErrors === null){
vErrors = [err80];
}
else {
vErrors.push(err80);
}
errors++;
}
}
else {
const err81 = {instancePath:instancePath+"/spec/symbols/" + i4,schemaPath:"#/properties/spec/properties/symbols/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err81];
}
else {
vErrors.push(err81);
}
errors++;
}
}
}
else {
const err82 = {instancePath:instancePath+"/spec/symbols",schemaPath:"#/properties/spec/properties/symbols/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err82];
}
else {
vErrors.push(err82);
}
errors++;
}
}
let data33 = data23.mode;
if(typeof data33 !== "string"){
const err83 = {instancePath:instancePath+"/spec/mode",schemaPath:"#/properties/spec/properties/mode/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err83];
}
else {
vErrors.push(err83);
}
errors++;
}
if(!((data33 === "log") || (data33 === "fast"))){
const err84 = {instancePath:instancePath+"/spec/mode",schemaPath:"#/properties/spec/properties/mode/enum",keyword:"enum",params:{allowedValues: schema14.properties.spec.properties.mode.enum}};
if(vErrors === null){
vErrors = [err84];
}
else {
vErrors.push(err84);
}
errors++;
}
if(data23.sinks !== undefined){
let data34 = data23.sinks;
if(Array.isArray(data34)){
if(data34.length > 16){
const err85 = {instancePath:instancePath+"/spec/sinks",schemaPath:"#/properties/spec/properties/sinks/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err85];
}
else {
vErrors.push(err85);
}
errors++;
}
const len5 = data34.length;
for(let i5=0; i5<len5; i5++){
let data35 = data34[i5];
if(data35 && typeof data35 == "object" && !Array.isArray(data35)){
if(data35.name === undefined){
const err86 = {instancePath:instancePath+"/spec/sinks/" + i5,schemaPath:"#/properties/spec/properties/sinks/items/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err86];
}
else {
vErrors.push(err86);
}
errors++;
}
if(data35.type === undefined){
const err87 = {instancePath:instancePath+"/spec/sinks/" + i5,schemaPath:"#/properties/spec/properties/sinks/items/required",keyword:"required",params:{missingProperty: "type"}};
if(vErrors === null){
vErrors = [err87];
}
else {
vErrors.push(err87);
}
errors++;
}
for(const key7 in data35){
if(!((((((((key7 === "name") || (key7 === "type")) || (key7 === "url")) || (key7 === "topic")) || (key7 === "to")) || (key7 === "from")) || (key7 === "secretRef")) || (key7 === "rateLimit"))){
const err88 = {instancePath:instancePath+"/spec/sinks/" + i5,schemaPath:"#/properties/spec/properties/sinks/items/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key7}};
if(vErrors === null){
vErrors = [err88];
}
else {
vErrors.push(err88);
}
errors++;
}
}
if(data35.name !== undefined){
let data36 = data35.name;
if(typeof data36 === "string"){
if(func3(data36) > 40){
const err89 = {instancePath:instancePath+"/spec/sinks/" + i5+"/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/name/maxLength",keyword:"maxLength",params:{limit: 40}};
if(vErrors === null){
vErrors = [err89];
}
else {
vErrors.push(err89);
}
errors++;
}
if(func3(data36) < 1){
const err90 = {instancePath:instancePath+"/spec/sinks/" + i5+"/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err90];
}
else {
vErrors.push(err90);
}
errors++;
}
if(!pattern0.test(data36)){
const err91 = {instancePath:instancePath+"/spec/sinks/" + i5+"/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err91];
}
else {
vErrors.push(err91);
}
errors++;
}
}
else {
const err92 = {instancePath:instancePath+"/spec/sinks/" + i5+"/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err92];
}
else {
vErrors.push(err92);
}
errors++;
}
}
if(data35.type !== undefined){
let data37 = data35.type;
if(typeof data37 !== "string"){
const err93 = {instancePath:instancePath+"/spec/sinks/" + i5+"/type",schemaPath:"#/properties/spec/properties/sinks/items/properties/type/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err93];
}
else {
vErrors.push(err93);
}
errors++;
}
if(!((((data37 === "webhook") || (data37 === "ntfy")) || (data37 === "slack")) || (data37 === "email"))){
const err94 = {instancePath:instancePath+"/spec/sinks/" + i5+"/type",schemaPath:"#/properties/spec/properties/sinks/items/properties/type/enum",keyword:"enum",params:{allowedValues: schema14.properties.spec.properties.sinks.items.properties.type.enum}};
if(vErrors === null){
vErrors = [err94];
}
else {
vErrors.push(err94);
}
errors++;
}
}
if(data35.url !== undefined){
let data38 = data35.url;
if(typeof data38 === "string"){
if(func3(data38) > 1024){
const err95 = {instancePath:instancePath+"/spec/sinks/" + i5+"/url",schemaPath:"#/properties/spec/properties/sinks/items/properties/url/maxLength",keyword:"maxLength",params:{limit: 1024}};
if(vErrors === null){
vErrors = [err95];
}
else {
vErrors.push(err95);
}
errors++;
}
if(!pattern6.test(data38)){
const err96 = {instancePath:instancePath+"/spec/sinks/" + i5+"/url",schemaPath:"#/properties/spec/properties/sinks/items/properties/url/pattern",keyword:"pattern",params:{pattern: "^https?://[!-~]+$"}};
if(vErrors === null){
vErrors = [err96];
}
else {
vErrors.push(err96);
}
errors++;
}
}
else {
const err97 = {instancePath:instancePath+"/spec/sinks/" + i5+"/url",schemaPath:"#/properties/spec/properties/sinks/items/properties/url/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err97];
}
else {
vErrors.push(err97);
}
errors++;
}
}
if(data35.topic !== undefined){
let data39 = data35.topic;
if(typeof data39 === "string"){
if(func3(data39) > 64){
const err98 = {instancePath:instancePath+"/spec/sinks/" + i5+"/topic",schemaPath:"#/properties/spec/properties/sinks/items/properties/topic/maxLength",keyword:"maxLength",params:{limit: 64}};
if(vErrors === null){
vErrors = [err98];
}
else {
vErrors.push(err98);
}
errors++;
}
if(func3(data39) < 1){
const err99 = {instancePath:instancePath+"/spec/sinks/" + i5+"/topic",schemaPath:"#/properties/spec/properties/sinks/items/properties/topic/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err99];
}
else {
vErrors.push(err99);
}
errors++;
}
if(!pattern91.test(data39)){
const err100 = {instancePath:instancePath+"/spec/sinks/" + i5+"/topic",schemaPath:"#/properties/spec/properties/sinks/items/properties/topic/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9_-]+$"}};
if(vErrors === null){
vErrors = [err100];
}
else {
vErrors.push(err100);
}
errors++;
}
}
else {
const err101 = {instancePath:instancePath+"/spec/sinks/" + i5+"/topic",schemaPath:"#/properties/spec/properties/sinks/items/properties/topic/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err101];
}
else {
vErrors.push(err101);
}
errors++;
}
}
if(data35.to !== undefined){
let data40 = data35.to;
if(Array.isArray(data40)){
if(data40.length > 16){
const err102 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to",schemaPath:"#/properties/spec/properties/sinks/items/properties/to/maxItems",keyword:"maxItems",params:{limit: 16}};
if(vErrors === null){
vErrors = [err102];
}
else {
vErrors.push(err102);
}
errors++;
}
if(data40.length < 1){
const err103 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to",schemaPath:"#/properties/spec/properties/sinks/items/properties/to/minItems",keyword:"minItems",params:{limit: 1}};
if(vErrors === null){
vErrors = [err103];
}
else {
vErrors.push(err103);
}
errors++;
}
const len6 = data40.length;
for(let i6=0; i6<len6; i6++){
let data41 = data40[i6];
if(typeof data41 === "string"){
if(func3(data41) > 254){
const err104 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to/" + i6,schemaPath:"#/properties/spec/properties/sinks/items/properties/to/items/maxLength",keyword:"maxLength",params:{limit: 254}};
if(vErrors === null){
vErrors = [err104];
}
else {
vErrors.push(err104);
}
errors++;
}
if(func3(data41) < 3){
const err105 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to/" + i6,schemaPath:"#/properties/spec/properties/sinks/items/properties/to/items/minLength",keyword:"minLength",params:{limit: 3}};
if(vErrors === null){
vErrors = [err105];
}
else {
vErrors.push(err105);
}
errors++;
}
if(!pattern92.test(data41)){
const err106 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to/" + i6,schemaPath:"#/properties/spec/properties/sinks/items/properties/to/items/pattern",keyword:"pattern",params:{pattern: "^[^ \\t\\r\\n,;<>@]+@[^ \\t\\r\\n,;<>@]+$"}};
if(vErrors === null){
vErrors = [err106];
}
else {
vErrors.push(err106);
}
errors++;
}
}
else {
const err107 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to/" + i6,schemaPath:"#/properties/spec/properties/sinks/items/properties/to/items/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err107];
}
else {
vErrors.push(err107);
}
errors++;
}
}
}
else {
const err108 = {instancePath:instancePath+"/spec/sinks/" + i5+"/to",schemaPath:"#/properties/spec/properties/sinks/items/properties/to/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err108];
}
else {
vErrors.push(err108);
}
errors++;
}
}
if(data35.from !== undefined){
let data42 = data35.from;
if(typeof data42 === "string"){
if(func3(data42) > 254){
const err109 = {instancePath:instancePath+"/spec/sinks/" + i5+"/from",schemaPath:"#/properties/spec/properties/sinks/items/properties/from/maxLength",keyword:"maxLength",params:{limit: 254}};
if(vErrors === null){
vErrors = [err109];
}
else {
vErrors.push(err109);
}
errors++;
}
if(func3(data42) < 3){
const err110 = {instancePath:instancePath+"/spec/sinks/" + i5+"/from",schemaPath:"#/properties/spec/properties/sinks/items/properties/from/minLength",keyword:"minLength",params:{limit: 3}};
if(vErrors === null){
vErrors = [err110];
}
else {
vErrors.push(err110);
}
errors++;
}
if(!pattern92.test(data42)){
const err111 = {instancePath:instancePath+"/spec/sinks/" + i5+"/from",schemaPath:"#/properties/spec/properties/sinks/items/properties/from/pattern",keyword:"pattern",params:{pattern: "^[^ \\t\\r\\n,;<>@]+@[^ \\t\\r\\n,;<>@]+$"}};
if(vErrors === null){
vErrors = [err111];
}
else {
vErrors.push(err111);
}
errors++;
}
}
else {
const err112 = {instancePath:instancePath+"/spec/sinks/" + i5+"/from",schemaPath:"#/properties/spec/properties/sinks/items/properties/from/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err112];
}
else {
vErrors.push(err112);
}
errors++;
}
}
if(data35.secretRef !== undefined){
let data43 = data35.secretRef;
if(data43 && typeof data43 == "object" && !Array.isArray(data43)){
if(data43.name === undefined){
const err113 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/required",keyword:"required",params:{missingProperty: "name"}};
if(vErrors === null){
vErrors = [err113];
}
else {
vErrors.push(err113);
}
errors++;
}
if(data43.key === undefined){
const err114 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/required",keyword:"required",params:{missingProperty: "key"}};
if(vErrors === null){
vErrors = [err114];
}
else {
vErrors.push(err114);
}
errors++;
}
for(const key8 in data43){
if(!((key8 === "name") || (key8 === "key"))){
const err115 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key8}};
if(vErrors === null){
vErrors = [err115];
}
else {
vErrors.push(err115);
}
errors++;
}
}
if(data43.name !== undefined){
let data44 = data43.name;
if(typeof data44 === "string"){
if(func3(data44) > 253){
const err116 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/name/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err116];
}
else {
vErrors.push(err116);
}
errors++;
}
if(func3(data44) < 1){
const err117 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/name/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err117];
}
else {
vErrors.push(err117);
}
errors++;
}
if(!pattern46.test(data44)){
const err118 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/name/pattern",keyword:"pattern",params:{pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}};
if(vErrors === null){
vErrors = [err118];
}
else {
vErrors.push(err118);
}
errors++;
}
}
else {
const err119 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/name",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/name/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err119];
}
else {
vErrors.push(err119);
}
errors++;
}
}
if(data43.key !== undefined){
let data45 = data43.key;
if(typeof data45 === "string"){
if(func3(data45) > 253){
const err120 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/key",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/key/maxLength",keyword:"maxLength",params:{limit: 253}};
if(vErrors === null){
vErrors = [err120];
}
else {
vErrors.push(err120);
}
errors++;
}
if(func3(data45) < 1){
const err121 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/key",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/key/minLength",keyword:"minLength",params:{limit: 1}};
if(vErrors === null){
vErrors = [err121];
}
else {
vErrors.push(err121);
}
errors++;
}
if(!pattern2.test(data45)){
const err122 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/key",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/key/pattern",keyword:"pattern",params:{pattern: "^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"}};
if(vErrors === null){
vErrors = [err122];
}
else {
vErrors.push(err122);
}
errors++;
}
}
else {
const err123 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef/key",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/properties/key/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err123];
}
else {
vErrors.push(err123);
}
errors++;
}
}
}
else {
const err124 = {instancePath:instancePath+"/spec/sinks/" + i5+"/secretRef",schemaPath:"#/properties/spec/properties/sinks/items/properties/secretRef/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err124];
}
else {
vErrors.push(err124);
}
errors++;
}
}
if(data35.rateLimit !== undefined){
let data46 = data35.rateLimit;
if(data46 && typeof data46 == "object" && !Array.isArray(data46)){
if(data46.fires === undefined){
const err125 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/required",keyword:"required",params:{missingProperty: "fires"}};
if(vErrors === null){
vErrors = [err125];
}
else {
vErrors.push(err125);
}
errors++;
}
if(data46.per === undefined){
const err126 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/required",keyword:"required",params:{missingProperty: "per"}};
if(vErrors === null){
vErrors = [err126];
}
else {
vErrors.push(err126);
}
errors++;
}
for(const key9 in data46){
if(!((key9 === "fires") || (key9 === "per"))){
const err127 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key9}};
if(vErrors === null){
vErrors = [err127];
}
else {
vErrors.push(err127);
}
errors++;
}
}
if(data46.fires !== undefined){
let data47 = data46.fires;
if(!((typeof data47 == "number") && (!(data47 % 1) && !isNaN(data47)))){
const err128 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit/fires",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/properties/fires/type",keyword:"type",params:{type: "integer"}};
if(vErrors === null){
vErrors = [err128];
}
else {
vErrors.push(err128);
}
errors++;
}
if(typeof data47 == "number"){
if(data47 > 1000000 || isNaN(data47)){
const err129 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit/fires",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/properties/fires/maximum",keyword:"maximum",params:{comparison: "<=", limit: 1000000}};
if(vErrors === null){
vErrors = [err129];
}
else {
vErrors.push(err129);
}
errors++;
}
if(data47 < 1 || isNaN(data47)){
const err130 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit/fires",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/properties/fires/minimum",keyword:"minimum",params:{comparison: ">=", limit: 1}};
if(vErrors === null){
vErrors = [err130];
}
else {
vErrors.push(err130);
}
errors++;
}
}
}
if(data46.per !== undefined){
let data48 = data46.per;
if(typeof data48 === "string"){
if(func3(data48) > 8){
const err131 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit/per",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/properties/per/maxLength",keyword:"maxLength",params:{limit: 8}};
if(vErrors === null){
vErrors = [err131];
}
else {
vErrors.push(err131);
}
errors++;
}
if(!pattern10.test(data48)){
const err132 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit/per",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/properties/per/pattern",keyword:"pattern",params:{pattern: "^[1-9][0-9]{0,5}(ms|s|m|h|d)$"}};
if(vErrors === null){
vErrors = [err132];
}
else {
vErrors.push(err132);
}
errors++;
}
}
else {
const err133 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit/per",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/properties/per/type",keyword:"type",params:{type: "string"}};
if(vErrors === null){
vErrors = [err133];
}
else {
vErrors.push(err133);
}
errors++;
}
}
}
else {
const err134 = {instancePath:instancePath+"/spec/sinks/" + i5+"/rateLimit",schemaPath:"#/properties/spec/properties/sinks/items/properties/rateLimit/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err134];
}
else {
vErrors.push(err134);
}
errors++;
}
}
}
else {
const err135 = {instancePath:instancePath+"/spec/sinks/" + i5,schemaPath:"#/properties/spec/properties/sinks/items/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err135];
}
else {
vErrors.push(err135);
}
errors++;
}
}
}
else {
const err136 = {instancePath:instancePath+"/spec/sinks",schemaPath:"#/properties/spec/properties/sinks/type",keyword:"type",params:{type: "array"}};
if(vErrors === null){
vErrors = [err136];
}
else {
vErrors.push(err136);
}
errors++;
}
}
if(data23.resources !== undefined){
let data49 = data23.resources;
if(data49 && typeof data49 == "object" && !Array.isArray(data49)){
for(const key10 in data49){
if(!((key10 === "requests") || (key10 === "limits"))){
const err137 = {instancePath:instancePath+"/spec/resources",schemaPath:"#/properties/spec/properties/resources/additionalProperties",keyword:"additionalProperties",params:{additionalProperty: key10}};
if(vErrors === null){
vErrors = [err137];
}
else {
vErrors.push(err137);
}
errors++;
}
}
if(data49.requests !== undefined){
let data50 = data49.requests;
if(data50 && typeof data50 == "object" && !Array.isArray(data50)){
if(Object.keys(data50).length > 8){
const err138 = {instancePath:instancePath+"/spec/resources/requests",schemaPath:"#/properties/spec/properties/resources/properties/requests/maxProperties",keyword:"maxProperties",params:{limit: 8}};
if(vErrors === null){
vErrors = [err138];
}
else {
vErrors.push(err138);
}
errors++;
}
for(const key11 in data50){
let data51 = data50[key11];
if((!((typeof data51 == "number") && (!(data51 % 1) && !isNaN(data51)))) && (typeof data51 !== "string")){
const err139 = {instancePath:instancePath+"/spec/resources/requests/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/type",keyword:"type",params:{type: schema14.properties.spec.properties.resources.properties.requests.additionalProperties.type}};
if(vErrors === null){
vErrors = [err139];
}
else {
vErrors.push(err139);
}
errors++;
}
if(typeof data51 == "number"){
if(data51 > 9007199254740991 || isNaN(data51)){
const err140 = {instancePath:instancePath+"/spec/resources/requests/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err140];
}
else {
vErrors.push(err140);
}
errors++;
}
if(data51 < 0 || isNaN(data51)){
const err141 = {instancePath:instancePath+"/spec/resources/requests/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err141];
}
else {
vErrors.push(err141);
}
errors++;
}
}
if(typeof data51 === "string"){
if(func3(data51) > 32){
const err142 = {instancePath:instancePath+"/spec/resources/requests/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err142];
}
else {
vErrors.push(err142);
}
errors++;
}
if(!pattern56.test(data51)){
const err143 = {instancePath:instancePath+"/spec/resources/requests/" + key11.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/requests/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$"}};
if(vErrors === null){
vErrors = [err143];
}
else {
vErrors.push(err143);
}
errors++;
}
}
}
}
else {
const err144 = {instancePath:instancePath+"/spec/resources/requests",schemaPath:"#/properties/spec/properties/resources/properties/requests/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err144];
}
else {
vErrors.push(err144);
}
errors++;
}
}
if(data49.limits !== undefined){
let data52 = data49.limits;
if(data52 && typeof data52 == "object" && !Array.isArray(data52)){
if(Object.keys(data52).length > 8){
const err145 = {instancePath:instancePath+"/spec/resources/limits",schemaPath:"#/properties/spec/properties/resources/properties/limits/maxProperties",keyword:"maxProperties",params:{limit: 8}};
if(vErrors === null){
vErrors = [err145];
}
else {
vErrors.push(err145);
}
errors++;
}
for(const key12 in data52){
let data53 = data52[key12];
if((!((typeof data53 == "number") && (!(data53 % 1) && !isNaN(data53)))) && (typeof data53 !== "string")){
const err146 = {instancePath:instancePath+"/spec/resources/limits/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/type",keyword:"type",params:{type: schema14.properties.spec.properties.resources.properties.limits.additionalProperties.type}};
if(vErrors === null){
vErrors = [err146];
}
else {
vErrors.push(err146);
}
errors++;
}
if(typeof data53 == "number"){
if(data53 > 9007199254740991 || isNaN(data53)){
const err147 = {instancePath:instancePath+"/spec/resources/limits/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/maximum",keyword:"maximum",params:{comparison: "<=", limit: 9007199254740991}};
if(vErrors === null){
vErrors = [err147];
}
else {
vErrors.push(err147);
}
errors++;
}
if(data53 < 0 || isNaN(data53)){
const err148 = {instancePath:instancePath+"/spec/resources/limits/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/minimum",keyword:"minimum",params:{comparison: ">=", limit: 0}};
if(vErrors === null){
vErrors = [err148];
}
else {
vErrors.push(err148);
}
errors++;
}
}
if(typeof data53 === "string"){
if(func3(data53) > 32){
const err149 = {instancePath:instancePath+"/spec/resources/limits/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/maxLength",keyword:"maxLength",params:{limit: 32}};
if(vErrors === null){
vErrors = [err149];
}
else {
vErrors.push(err149);
}
errors++;
}
if(!pattern56.test(data53)){
const err150 = {instancePath:instancePath+"/spec/resources/limits/" + key12.replace(/~/g, "~0").replace(/\//g, "~1"),schemaPath:"#/properties/spec/properties/resources/properties/limits/additionalProperties/pattern",keyword:"pattern",params:{pattern: "^[0-9]+([.][0-9]+)?(m|k|K|Ki|M|Mi|G|Gi|T|Ti)?$"}};
if(vErrors === null){
vErrors = [err150];
}
else {
vErrors.push(err150);
}
errors++;
}
}
}
}
else {
const err151 = {instancePath:instancePath+"/spec/resources/limits",schemaPath:"#/properties/spec/properties/resources/properties/limits/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err151];
}
else {
vErrors.push(err151);
}
errors++;
}
}
}
else {
const err152 = {instancePath:instancePath+"/spec/resources",schemaPath:"#/properties/spec/properties/resources/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err152];
}
else {
vErrors.push(err152);
}
errors++;
}
}
if(typeof data23.suspend !== "boolean"){
const err153 = {instancePath:instancePath+"/spec/suspend",schemaPath:"#/properties/spec/properties/suspend/type",keyword:"type",params:{type: "boolean"}};
if(vErrors === null){
vErrors = [err153];
}
else {
vErrors.push(err153);
}
errors++;
}
}
else {
const err154 = {instancePath:instancePath+"/spec",schemaPath:"#/properties/spec/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err154];
}
else {
vErrors.push(err154);
}
errors++;
}
}
if(data.status !== undefined){
let data55 = data.status;
if(!(data55 && typeof data55 == "object" && !Array.isArray(data55))){
const err155 = {instancePath:instancePath+"/status",schemaPath:"#/properties/status/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err155];
}
else {
vErrors.push(err155);
}
errors++;
}
}
}
else {
const err156 = {instancePath,schemaPath:"#/type",keyword:"type",params:{type: "object"}};
if(vErrors === null){
vErrors = [err156];
}
else {
vErrors.push(err156);
}
errors++;
}
validate13.errors = vErrors;
return errors === 0;
}
