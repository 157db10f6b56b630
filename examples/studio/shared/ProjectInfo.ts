/** Which project a Studio shows. */
import { Schema } from "effect"
import { OpeningId, ProjectId } from "prometeu-packer"

/** Which project a Studio shows, and in which opening. */
export const ProjectInfo = Schema.Struct({
  projectId: ProjectId,
  /** Another one after the server was started again: then everything was read again. */
  openingId: OpeningId,
  /** The name of its folder. */
  name: Schema.String,
  /** Where its folder is. */
  root: Schema.String,
  /** True if it is the project that the Studio made by itself, to be played with. */
  isDemo: Schema.Boolean
})
/** Which project a Studio shows, and in which opening. */
export type ProjectInfo = typeof ProjectInfo.Type
