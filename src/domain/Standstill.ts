/** Why nothing can be committed any more, in this opening or until somebody decides. */
import type { DiskFault } from "./Commit.ts"
import type { RegistryConflict } from "./Errors.ts"

/** Why nothing can be committed. */
export type Standstill =
  /** The folder cannot be written, or what an earlier opening left cannot be read or finished. */
  | { readonly _tag: "Unwritable"; readonly fault: DiskFault }
  /** A flush failed: the disk would not say what is durable. Only opening the project again settles that. */
  | { readonly _tag: "Uncertain"; readonly fault: DiskFault }
  /** The scope of the committer has ended. */
  | { readonly _tag: "Closed" }
  /** Somebody removed or replaced the lock or the journal. */
  | { readonly _tag: "Dispossessed"; readonly path: string }
  /** The journal is damaged in its middle, or is no journal. It was not touched. */
  | { readonly _tag: "JournalCorrupt"; readonly path: string; readonly offset: number; readonly cause: string }
  /**
   * Changes of the registry that are durable here contradict the file, or it is none that can be read, or somebody wrote
   * it again and again (then there is no `conflict` to tell). They are kept until somebody decides.
   */
  | { readonly _tag: "RegistryConflict"; readonly conflict: RegistryConflict | undefined }

/** Why nothing can be committed, in words. */
export const standstillReason = (standstill: Standstill): string => {
  switch (standstill._tag) {
    case "Unwritable": {
      const { call, errno, path } = standstill.fault
      if (errno === "EROFS" || errno === "EACCES" || errno === "EPERM") return `its folder cannot be written (${errno})`
      return `what is on disk cannot be worked with: ${call} of "${path}" failed with ${errno}`
    }
    case "Uncertain":
      return `the disk would not say whether "${standstill.fault.path}" is durable (${standstill.fault.errno})`
    case "Closed":
      return "it is closed"
    case "Dispossessed":
      return `"${standstill.path}" was removed or replaced while the project was open`
    case "JournalCorrupt":
      return `the journal "${standstill.path}" is damaged at byte ${standstill.offset}: ${standstill.cause}`
    case "RegistryConflict":
      return standstill.conflict?.message ?? "assets/.prometeu/index.json cannot be merged with changes made here"
  }
}
