import { runtimeContract } from "../contracts/Runtime.ts"
import { inMemory, onDisk } from "../support/Grounds.ts"

runtimeContract("A project in memory", inMemory)
runtimeContract("A project on the disk of Node", onDisk)
