/** The hash by which files and previews are told apart on Node. */
import { hash } from "node:crypto"

import type { Hash } from "../domain/Seen.ts"

/** SHA-256, synchronous, as lower-case hexadecimal digits. */
export const sha256: Hash = (bytes) => hash("sha256", bytes, "hex")
