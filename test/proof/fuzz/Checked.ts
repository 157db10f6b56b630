/** What came of one input, and what is wrong about that. */
import { deflateRawSync } from "node:zlib"

/** What came of one input. */
export interface Checked {
  /** What kind of answer it got: `accepted`, or why not. */
  readonly answer: string
  readonly problems: ReadonlyArray<string>
}

/** Longer than this may nothing keep a host waiting, in milliseconds. */
const patience = 250

const timed = (check: () => Checked): readonly [checked: Checked, took: number] => {
  const start = performance.now()
  const checked = check()
  return [checked, performance.now() - start]
}

/**
 * Runs one check: that it throws, and that it takes long, is wrong as well. What takes long is tried again, because others
 * use the machine too; it does if it always does.
 */
export const checking = (check: () => Checked): Checked => {
  try {
    const [checked, took] = timed(check)
    if (took <= patience) return checked
    const least = Math.min(took, timed(check)[1], timed(check)[1])
    return least <= patience
      ? checked
      : { ...checked, problems: [...checked.problems, `takes ${Math.round(least)} ms`] }
  } catch (error) {
    const cause = error instanceof Error ? error.stack ?? error.message : String(error)
    return { answer: "threw", problems: [`threw ${cause}`] }
  }
}

/** Bytes in as few letters as tell all of them, as far as they are few. */
export const shown = (bytes: Uint8Array): string => {
  const packed = deflateRawSync(bytes).toString("base64")
  return `${bytes.length} bytes, deflated ${packed.length > 2000 ? `${packed.slice(0, 2000)}…` : packed}`
}
