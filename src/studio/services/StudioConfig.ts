/** What a host may choose of how its Studio works; everything has a default. */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"

/** What a host may choose of how its Studio works. */
export interface StudioSettings {
  /** How many events a slow listener of the bus may be behind before it is ended. */
  readonly busBuffer: number
  /** How many operations that have ended are kept to be shown. */
  readonly activityLimit: number
  /** How long a draft has to be left alone before it is previewed. */
  readonly previewAfter: Duration.Duration
}

/** What holds if a host chooses nothing. */
export const defaultStudioSettings: StudioSettings = {
  busBuffer: 1024,
  activityLimit: 200,
  previewAfter: Duration.millis(100)
}

/**
 * What a host chose of how its Studio works. It never has to be provided; what is provided when a part is built holds for
 * that part.
 */
export const StudioConfig = Context.Reference<StudioSettings>("prometeu-packer/studio/services/StudioConfig", {
  defaultValue: () => defaultStudioSettings
})
