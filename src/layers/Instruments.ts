/** What is measured. A host exports it with Effect's own means, or does not. */
import * as Metric from "effect/Metric"

import type { ProjectId } from "../domain/Identity.ts"

/** Operations that ended, by `project`, `command` and `outcome` (`applied`, or the tag of the error). */
const operations = Metric.counter("packer_operations_total", {
  description: "Operations that ended, by command and outcome",
  incremental: true
})

/** How many operations are accepted and not carried out yet. */
const queueDepth = Metric.gauge("packer_queue_depth", { description: "Operations that wait for their turn" })

const generation = Metric.gauge("packer_snapshot_generation", { description: "The generation that is visible" })

const assets = Metric.gauge("packer_snapshot_assets", { description: "Assets in the snapshot" })

const eventsPublished = Metric.counter("packer_events_published_total", {
  description: "Events handed to the sink",
  incremental: true
})

const eventsCoalesced = Metric.counter("packer_events_coalesced_total", {
  description: "Progress events replaced by newer ones before the sink took them",
  incremental: true
})

/** How long it takes to make a group of commands durable and to put its files in place. */
export const commitDuration = Metric.timer("packer_commit_duration", {
  description: "From the first byte staged to the last file in place"
})

/** How many commands are made durable by one flush. */
export const groupSize = Metric.histogram("packer_group_size", {
  description: "Commands made durable together",
  boundaries: [1, 2, 4, 8, 16, 32, 64]
})

/** How long it takes to read a whole project. */
export const scanDuration = Metric.timer("packer_scan_duration", { description: "Reading a whole project" })

/** Readers of events or changes that were ended because they were slower than their buffer lasts. */
export const readersLagged = Metric.counter("packer_subscribers_lagged_total", {
  description: "Subscribers that were ended because they were slower than their buffer lasts",
  incremental: true
})

/** The instrument of each command and outcome, made once: to make one costs ten times what it costs to count with it. */
const operationsOf = (project: ProjectId) => {
  const made = new Map<string, typeof operations>()
  return (command: string, outcome: string) => {
    const name = `${command} ${outcome}`
    const known = made.get(name)
    if (known !== undefined) return known
    const instrument = Metric.withAttributes(operations, { project, command, outcome })
    made.set(name, instrument)
    return instrument
  }
}

/** The instruments of one project. */
export const instrumentsOf = (project: ProjectId) => ({
  operations: operationsOf(project),
  queueDepth: Metric.withAttributes(queueDepth, { project }),
  generation: Metric.withAttributes(generation, { project }),
  assets: Metric.withAttributes(assets, { project }),
  eventsPublished: Metric.withAttributes(eventsPublished, { project }),
  eventsCoalesced: Metric.withAttributes(eventsCoalesced, { project })
})

const ofProject = ["project"]

/** Every instrument, with the attributes it is kept apart by; for the documentation. */
export const instrumentTable = [
  { metric: operations, attributes: ["project", "command", "outcome"] },
  { metric: queueDepth, attributes: ofProject },
  { metric: generation, attributes: ofProject },
  { metric: assets, attributes: ofProject },
  { metric: eventsPublished, attributes: ofProject },
  { metric: eventsCoalesced, attributes: ofProject },
  { metric: commitDuration, attributes: [] },
  { metric: groupSize, attributes: [] },
  { metric: scanDuration, attributes: [] },
  { metric: readersLagged, attributes: [] }
]
