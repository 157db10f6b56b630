/** A project that is open as a host has it, on a disk in memory, with all that it tells. */
import { Context, Effect, Layer, Logger, type Scope } from "effect"
import type { PackerEvent } from "../../../src/domain/Event.ts"
import type { Disk } from "../../../src/services/Disk.ts"
import { defaultPackerSettings, PackerConfig } from "../../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../../src/services/PackerEventSink.ts"
import { ProjectRuntime } from "../../../src/services/ProjectRuntime.ts"
import { memoryProject } from "../../../src/testing/MemoryProject.ts"
import type { TestIdentity } from "../../../src/testing/TestHost.ts"

/** Who opens a project on which disk. */
export interface HostOptions {
  readonly disk: Disk["Service"]
  /** Tells the names that one opening makes from those of another. */
  readonly prefix: string
  readonly process: TestIdentity
}

/** A process of a number, in a run of the machine. */
export const processOf = (pid: number, boot: string): TestIdentity => ({ pid, started: `start-${pid}`, boot })

/** What an opening tells, whether it comes to an open project or not. */
export interface Told {
  readonly events: Array<PackerEvent>
  /** What the log says of defects: that must not happen, whoever gets to know of it. */
  readonly defects: Array<string>
}

/** Has nothing told yet. */
export const nothingTold = (): Told => ({ events: [], defects: [] })

/** A small journal, so that thousands of them are read and written in a second. */
const settings = Layer.succeed(PackerConfig, { ...defaultPackerSettings, journalBytes: 4096 })

/** Opens a project until the scope is closed. */
export const openHost = (options: HostOptions, { defects, events }: Told, scope: Scope.Scope) => {
  const sink = Layer.succeed(PackerEventSink, { publish: (event) => Effect.sync(() => void events.push(event)) })
  const logger = Logger.layer([Logger.make<unknown, void>(({ cause, message }) => {
    const text = [message].flat().map(String).join(" ")
    if (/ died|please report/.test(text)) defects.push(`${text} ${String(cause)}`)
  })])
  return Layer.buildWithScope(Layer.fresh(memoryProject(options)).pipe(Layer.provide([sink, logger, settings])), scope)
    .pipe(
      Effect.map((context) => Context.get(context, ProjectRuntime))
    )
}
