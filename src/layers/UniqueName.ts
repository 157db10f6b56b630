/** Names for files of the packer's own: what is written with one is read again by its form. */
import * as Effect from "effect/Effect"

import type { HostInfo } from "../services/HostInfo.ts"

/** A name that nobody else has. A host that gives anything but letters and digits is met here, before anything is written. */
export const uniqueName = ({ unique }: Pick<HostInfo["Service"], "unique">): Effect.Effect<string> =>
  Effect.flatMap(unique, (name) =>
    /^[a-z\d]+$/.test(name)
      ? Effect.succeed(name)
      : Effect.die(new Error(`HostInfo.unique gives lower-case letters and digits, not ${JSON.stringify(name)}.`)))
