/** `prometeu-packer/testing`: projects in memory, and disks that fail and forget, for the tests of hosts and our own. */
export { type CrashState, crashStates, type CrashStatesOptions } from "./testing/CrashStates.ts"
export type { DiskCall, DiskCallName } from "./testing/DiskCall.ts"
export * from "./testing/FaultyDisk.ts"
export * from "./testing/ProjectTree.ts"
export * from "./testing/RecordingDisk.ts"
export * from "./testing/SimulatedDisk.ts"
export { testHost, type TestIdentity } from "./testing/TestHost.ts"
