/** A command on its way: previewed while it is put together, confirmed as it was shown, and what came of it. */
import { Cause, Exit, Option } from "effect"
import {
  type Command,
  Diverged,
  type Outcome,
  type PackerError,
  type Preview,
  PreviewStale,
  type SinkReentry
} from "prometeu-packer"
import { useCallback, useEffect, useRef, useState } from "react"
import { messageOf, useStudio } from "../bridge/react.ts"

/** What the packer said of a command. */
interface Looked {
  /** The newest preview; of an earlier command as long as `isNewest` is false. */
  readonly preview: Preview | undefined
  readonly isNewest: boolean
  /** Why there is no preview. */
  readonly failure: string | undefined
}

/** Why a command was not carried out. */
interface Refused {
  readonly message: string
  /** What was shown was out of date, and the new preview is shown now. */
  readonly isStale: boolean
  /** Which files were changed behind the packer's back: roots of assets, or the registry. */
  readonly diverged: ReadonlyArray<{ readonly root?: string | undefined }>
}

/** A command on its way. */
export interface CommandOnItsWay {
  readonly looked: Looked
  readonly isRunning: boolean
  readonly refused: Refused | undefined
  /** Carries out what the preview shows. */
  readonly confirm: () => void
  /** Looks again. */
  readonly look: () => void
}

/** How long typing has to pause before the packer is asked. */
const pause = 120

const unseen: Looked = { preview: undefined, isNewest: false, failure: undefined }

type NotDone = PackerError | SinkReentry

const errorIn = (cause: Cause.Cause<NotDone>): NotDone | undefined =>
  Option.getOrUndefined(Cause.findErrorOption(cause))

const refusal = (cause: Cause.Cause<NotDone>): Refused => {
  const error = errorIn(cause)
  return {
    message: messageOf(cause),
    isStale: error instanceof PreviewStale,
    diverged: error instanceof Diverged ? error.files : []
  }
}

/** Previews a command whenever it is another one, and carries it out when it is confirmed. */
export const useCommand = (
  command: Command | undefined,
  onDone: (outcome: Outcome) => void
): CommandOnItsWay => {
  const { packer, run } = useStudio()
  const [looked, setLooked] = useState(unseen)
  const [refused, setRefused] = useState<Refused | undefined>(undefined)
  const [isRunning, setRunning] = useState(false)
  const [turn, setTurn] = useState(0)
  const key = command === undefined ? undefined : JSON.stringify(command)
  const newest = useRef(command)
  newest.current = command

  useEffect(() => {
    const asked = newest.current
    if (asked === undefined) return setLooked(unseen)
    let isOver = false
    setLooked((before) => ({ ...before, isNewest: false, failure: undefined }))
    const timer = setTimeout(async () => {
      const exit = await run(packer.preview(asked))
      if (isOver) return
      setRefused(undefined)
      setLooked(
        Exit.isSuccess(exit)
          ? { preview: exit.value, isNewest: true, failure: undefined }
          : { preview: undefined, isNewest: false, failure: messageOf(exit.cause) }
      )
    }, pause)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [key, packer, run, turn])

  const confirm = async () => {
    const { isNewest, preview } = looked
    if (preview === undefined || !isNewest || isRunning) return
    setRunning(true)
    setRefused(undefined)
    const exit = await run(packer.execute(preview.command, { expecting: preview }))
    setRunning(false)
    if (Exit.isSuccess(exit)) return onDone(exit.value)
    setRefused(refusal(exit.cause))
    const error = errorIn(exit.cause)
    if (error instanceof PreviewStale) setLooked({ preview: error.preview, isNewest: true, failure: undefined })
  }

  return {
    looked,
    isRunning,
    refused,
    confirm: () => void confirm(),
    look: useCallback(() => setTurn((turn) => turn + 1), [])
  }
}
