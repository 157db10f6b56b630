/** What the packer says of each command of a batch, by itself: a batch stops at the first that is not possible. */
import { Effect } from "effect"
import type { SingleCommand } from "prometeu-packer"
import { useEffect, useState } from "react"
import { useStudio } from "../bridge/react.ts"

/** What the packer says of one command. */
export interface Verdict {
  readonly isPossible: boolean
  readonly changesNothing: boolean
  /** Why it is not possible, or what to know of it. */
  readonly reasons: ReadonlyArray<string>
}

/** True if it is known that it is not possible. */
export const isBlocked = (verdict: Verdict | undefined): boolean => verdict?.isPossible === false

/** How many are looked at before they are shown: so that thousands are not drawn thousands of times. */
const atOnce = 32

/** How long typing has to pause before the packer is asked. */
const pause = "150 millis"

/** Looks at each command. The same array of commands is looked at once. */
export const useVerdicts = (commands: ReadonlyArray<SingleCommand>): ReadonlyArray<Verdict | undefined> => {
  const { packer, run } = useStudio()
  const [verdicts, setVerdicts] = useState<ReadonlyArray<Verdict | undefined>>([])

  useEffect(() => {
    let isOver = false
    const found: Array<Verdict | undefined> = []
    setVerdicts(found)

    const look = (command: SingleCommand): Effect.Effect<Verdict> =>
      Effect.match(packer.preview(command), {
        onFailure: ({ message }) => ({ isPossible: false, changesNothing: false, reasons: [message] }),
        onSuccess: ({ blockers, filesystemMutations, registryMutations, warnings }) => ({
          isPossible: blockers.length === 0,
          changesNothing: blockers.length + filesystemMutations.length + registryMutations.length === 0,
          reasons: (blockers.length > 0 ? blockers : warnings.filter(({ code }) => code !== "command/no-change"))
            .map(({ message }) => message)
        })
      })
    const lookFrom = (start: number): Effect.Effect<void> =>
      Effect.gen(function*() {
        if (isOver || start >= commands.length) return
        found.push(...(yield* Effect.forEach(commands.slice(start, start + atOnce), look, { concurrency: atOnce })))
        if (!isOver) setVerdicts([...found])
        yield* lookFrom(start + atOnce)
      })
    void run(Effect.delay(lookFrom(0), pause))
    return () => {
      isOver = true
    }
  }, [commands, packer, run])

  return verdicts
}
