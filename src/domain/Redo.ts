/**
 * What becomes of a file that a change made durable and perhaps did not put in place: decided by what is there now.
 *
 * A file whose content the changes know is brought to its end. One with unknown content is somebody's edit, and is left
 * alone, unless the machine itself went down in between: then the disk may show a file torn, and a manifest that is no
 * JSON is not taken for an edit. Whatever is overwritten unknown is kept first.
 */
import * as Result from "effect/Result"
import { JsonFault, JsonReader } from "./JsonReader.ts"
import { decodeText } from "./JsonText.ts"
import type { FileSeen } from "./Seen.ts"

/** What changes made of one file: the hash before them, if there was a file, and after each, in order. */
export interface FileHistory {
  readonly before: string | undefined
  readonly after: ReadonlyArray<string>
  /** The contents they gave it, as far as these are at hand. */
  readonly images: ReadonlyArray<Uint8Array>
}

/** What is to be done about a file. */
export type Redo =
  /** It is as it has to be, as far as the system tells. */
  | "done"
  /** It is to be written. */
  | "write"
  /** It is to be written, and what is there is to be kept: nobody has seen these bytes. */
  | "keep-and-write"
  /** Somebody else changed it: it is left as it is, and what was to be written is kept. */
  | "leave"

/** True if these bytes are a JSON text, whatever it says. */
const isJson = (bytes: Uint8Array): boolean => {
  const text = decodeText(bytes)
  if (Result.isFailure(text)) return false
  const reader = new JsonReader(text.success)
  try {
    reader.value("$")
    reader.end()
    return true
  } catch (fault) {
    if (fault instanceof JsonFault) return false
    throw fault
  }
}

/** True if a file has been cut off: what is there begins one of the contents it was given. */
const isCutOff = (bytes: Uint8Array, images: ReadonlyArray<Uint8Array>): boolean =>
  images.some((image) => bytes.length < image.length && bytes.every((byte, at) => byte === image[at]))

/** Decides what is to be done about a file; `mayBeTorn` if the machine went down since the changes were made. */
export const redoOf = (history: FileHistory, found: FileSeen, mayBeTorn: boolean): Redo => {
  switch (found._tag) {
    case "Absent":
      // Where the changes made the file, its name may not have been durable yet.
      return history.before === undefined || mayBeTorn ? "write" : "leave"
    case "File": {
      const { hash } = found.fingerprint
      if (hash === history.after.at(-1)) return "done"
      if (hash === history.before || history.after.includes(hash)) return "write"
      const isTorn = !isJson(found.bytes) || isCutOff(found.bytes, history.images)
      return mayBeTorn && isTorn ? "keep-and-write" : "leave"
    }
    default:
      return "leave"
  }
}
