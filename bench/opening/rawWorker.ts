/** A thread that reads its share of a project. What it has read stays with it: to hand it over would take as long again. */
import { parentPort, workerData } from "node:worker_threads"
import { type Met, type Share, walkSync } from "./Raw.ts"

const share: Share = workerData
const met: Met = { manifests: 0, files: 0 }
for (const folder of share) walkSync(folder, met)
parentPort?.postMessage(met)
