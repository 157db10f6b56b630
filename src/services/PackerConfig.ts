/** What a host may choose of how the packer works; everything has a default. */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"

/** What a host may choose of how the packer works. */
export interface PackerSettings {
  /** How many folders a scan looks at at once. */
  readonly scanConcurrency: number
  /** The most bytes a manifest may have. */
  readonly manifestLimit: number
  /** The most bytes the registry may have. */
  readonly registryLimit: number
  /** The most commands a batch may have. */
  readonly batchLimit: number
  /** How many of the newest events are retained of an opening, for those who come late. */
  readonly eventRetention: number
  /** How many events may wait for a slow sink before commands wait for it too. */
  readonly eventBuffer: number
  /** How many events, or changes, a slow subscriber may be behind before it is ended. */
  readonly subscriberBuffer: number
  /** `full` survives the loss of power. `os` survives the end of the process only, and flushes nothing. */
  readonly durability: "full" | "os"
  /** How many bytes of changes the journal takes before files are flushed to make room; it grows if one needs more. */
  readonly journalBytes: number
  /** Files larger than this are made durable by themselves instead of by the journal. */
  readonly inlineBytes: number
  /** How long the project has to be quiet before its registry file is brought up to date. */
  readonly checkpointAfter: Duration.Duration
  /** How long the registry file may stay behind where the project is never quiet. */
  readonly checkpointAtLatest: Duration.Duration
  /** How long whoever takes the lock is given to finish that, before somebody else looks who it is. */
  readonly lockPatience: Duration.Duration
  /** How many deletions the trash keeps; the oldest go first. */
  readonly trashRetention: number
  /** How many ended operations are remembered, so that a retry with the same id is recognized. */
  readonly rememberedOperations: number
  /** How often a change that could not be put in place is tried again. */
  readonly publishAgainAfter: Duration.Duration
  /** How long closing waits for a sink that takes nothing. */
  readonly sinkPatience: Duration.Duration
  /** How long a project of `ProjectRuntimes` stays open when nobody uses it any more. */
  readonly idleTimeToLive: Duration.Duration
}

/** What holds if a host chooses nothing. */
export const defaultPackerSettings: PackerSettings = {
  scanConcurrency: 16,
  manifestLimit: 1024 * 1024,
  registryLimit: 256 * 1024 * 1024,
  batchLimit: 1000,
  eventRetention: 4096,
  eventBuffer: 1024,
  subscriberBuffer: 1024,
  durability: "full",
  journalBytes: 1024 * 1024,
  inlineBytes: 64 * 1024,
  checkpointAfter: Duration.millis(250),
  checkpointAtLatest: Duration.seconds(5),
  lockPatience: Duration.millis(100),
  trashRetention: 1000,
  rememberedOperations: 10_000,
  publishAgainAfter: Duration.millis(500),
  sinkPatience: Duration.seconds(5),
  idleTimeToLive: Duration.minutes(5)
}

/**
 * What a host chose of how the packer works. It never has to be provided; what is provided when a project is opened holds
 * as long as that is open.
 *
 * @example
 * const throwaway = Layer.succeed(PackerConfig, { ...defaultPackerSettings, durability: "os" })
 */
export const PackerConfig = Context.Reference<PackerSettings>("prometeu-packer/services/PackerConfig", {
  defaultValue: () => defaultPackerSettings
})

type Named<A> = { readonly [K in keyof PackerSettings]: PackerSettings[K] extends A ? K : never }[keyof PackerSettings]

const positive = Schema.Int.check(Schema.isGreaterThan(0))

const number = (name: Named<number>): Config.Config<number> =>
  Config.schema(positive, name).pipe(Config.withDefault(defaultPackerSettings[name]))

const duration = (name: Named<Duration.Duration>): Config.Config<Duration.Duration> =>
  Config.Duration(name).pipe(Config.withDefault(defaultPackerSettings[name]))

/**
 * The same from the host's configuration: each setting under its own name, its default where that is absent.
 *
 * @example
 * const configured = Layer.effect(PackerConfig, Config.nested(packerSettings, "packer"))
 */
export const packerSettings: Config.Config<PackerSettings> = Config.all({
  scanConcurrency: number("scanConcurrency"),
  manifestLimit: number("manifestLimit"),
  registryLimit: number("registryLimit"),
  batchLimit: number("batchLimit"),
  eventRetention: number("eventRetention"),
  eventBuffer: number("eventBuffer"),
  subscriberBuffer: number("subscriberBuffer"),
  durability: Config.Literals(["full", "os"], "durability").pipe(Config.withDefault(defaultPackerSettings.durability)),
  journalBytes: number("journalBytes"),
  inlineBytes: number("inlineBytes"),
  checkpointAfter: duration("checkpointAfter"),
  checkpointAtLatest: duration("checkpointAtLatest"),
  lockPatience: duration("lockPatience"),
  trashRetention: number("trashRetention"),
  rememberedOperations: number("rememberedOperations"),
  publishAgainAfter: duration("publishAgainAfter"),
  sinkPatience: duration("sinkPatience"),
  idleTimeToLive: duration("idleTimeToLive")
})
