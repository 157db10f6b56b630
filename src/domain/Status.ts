/** How far the life of an open project is. */
import * as Schema from "effect/Schema"

/**
 * How far the life of an open project is.
 *
 * It opens, is `ready` or `read-only` as long as it is open, closes, and is closed. One that cannot be opened is closed
 * at once. Read-only is not for ever: refreshing ends it where the registry was the reason, opening again where it was
 * something else.
 */
export const ProjectStatus = Schema.TaggedUnion({
  opening: {},
  ready: {},
  "read-only": { reason: Schema.String },
  closing: {},
  closed: {}
})
/** How far the life of an open project is. */
export type ProjectStatus = typeof ProjectStatus.Type
