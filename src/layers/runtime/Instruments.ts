/** What is measured. A host exports it with Effect's own means, or does not. */
import * as Metric from "effect/Metric"

/** Operations that ended, by `command` and by `outcome` (`applied`, or the tag of the error). */
export const operations = Metric.counter("packer_operations_total", {
  description: "Operations that ended, by command and outcome",
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

/** How many operations are accepted and not carried out yet. */
export const queueDepth = Metric.gauge("packer_queue_depth", { description: "Operations that wait for their turn" })

/** The generation that is visible. */
export const generation = Metric.gauge("packer_snapshot_generation", { description: "The generation that is visible" })

/** How many assets there are. */
export const assetCount = Metric.gauge("packer_snapshot_assets", { description: "Assets in the snapshot" })

/** Events that were handed to the sink. */
export const eventsPublished = Metric.counter("packer_events_published_total", {
  description: "Events handed to the sink",
  incremental: true
})

/** Progress that was merged into newer progress before the sink took it. */
export const eventsCoalesced = Metric.counter("packer_events_coalesced_total", {
  description: "Progress events replaced by newer ones before the sink took them",
  incremental: true
})

/** How long it takes to read a whole project. */
export const scanDuration = Metric.timer("packer_scan_duration", { description: "Reading a whole project" })
