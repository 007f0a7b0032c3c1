// The simulator as a program of its own for main.test.ts: argument 1 is its options as JSON.
import { runSimulator, type SimulatorOptions } from '../main.ts'

await runSimulator(JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions)
