/** Why a project cannot be opened. */
import * as Schema from "effect/Schema"

/** Another process has the project open, or one of which nobody here can tell whether it is alive. */
export class ProjectLocked extends Schema.TaggedError<ProjectLocked>()("ProjectLocked", {
  /** The folder of the project. */
  path: Schema.String,
  /** The process that has it open. */
  pid: Schema.Int,
  /** The machine of that process. */
  host: Schema.String,
  /** When it took the lock: an ISO date, by its own clock. */
  since: Schema.String,
  /** Names this very lock. */
  nonce: Schema.String,
  /** True if the holder cannot be seen from here, so that whether it is alive is for a person to say. */
  outOfSight: Schema.Boolean,
  /** True if it is this very process that has it open. */
  isHere: Schema.optionalKey(Schema.Boolean)
}) {
  override get message(): string {
    if (this.isHere === true) {
      return `The project at "${this.path}" has been open in this very process since ${this.since}. Share it, as ` +
        "ProjectRuntimes does, or close it first."
    }
    const who = `process ${this.pid} on ${this.host}`
    return this.outOfSight
      ? `The project at "${this.path}" was opened by ${who} at ${this.since}, and from here nobody can tell whether that ` +
        `still runs. Close it there; if it is gone for certain, open with takeOver: "${this.nonce}".`
      : `The project at "${this.path}" has been open in ${who} since ${this.since}. Close it there first.`
  }
}

const causes: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no project folder at "${path}". Create it, or open another one.`,
  ENOTDIR: (path) => `"${path}" is a file, and a project needs a folder there. Move the file away.`,
  ELOOP: (path) =>
    `"${path}" is a symbolic link, and links are not followed. Put a folder there, or open the one that it leads to.`,
  EINVAL: (path) => `"${path}" is no path of a folder. Name the project's folder by an absolute path.`,
  EACCES: (path) => `The project folder at "${path}" cannot be read. Give permission to read it.`
}

/** The folder of the project is not there, or cannot be read. */
export class ProjectUnreadable extends Schema.TaggedError<ProjectUnreadable>()("ProjectUnreadable", {
  /** The folder that was asked for. */
  path: Schema.String,
  /** What the system said. */
  errno: Schema.String
}) {
  override get message(): string {
    return causes[this.errno]?.(this.path) ??
      `The project folder at "${this.path}" cannot be read (${this.errno}). Check the disk, and open it again.`
  }
}

/** Why a project cannot be opened. */
export const OpeningError = Schema.Union([ProjectLocked, ProjectUnreadable])
/** Why a project cannot be opened. */
export type OpeningError = typeof OpeningError.Type
