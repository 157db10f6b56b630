/** How components get at the Studio: one context, and values that are read as they change. */
import { Cause, type Effect, Option } from "effect"
import { createContext, use, useCallback, useSyncExternalStore } from "react"
import type { Live } from "./Live.ts"
import type { Studio } from "./Studio.ts"

const StudioContext = createContext<Studio | undefined>(undefined)

/** Gives the Studio to everything below. */
export const StudioProvider = StudioContext

/** The Studio that the page shows. */
export const useStudio = (): Studio => {
  const studio = use(StudioContext)
  if (studio === undefined) throw new Error("There is no Studio around this component.")
  return studio
}

/** A value as it is now; the component is drawn again when it is another one. */
export const useLive = <A>({ get, subscribe }: Live<A>): A => useSyncExternalStore(subscribe, get)

/** A part of a value; the component is drawn again when that part is another one. */
export const useLivePart = <A, B>({ get, subscribe }: Live<A>, part: (value: A) => B): B =>
  useSyncExternalStore(subscribe, () => part(get()))

/** What a person is told of an effect that did not succeed: the packer's own words, where it has some. */
export const messageOf = (cause: Cause.Cause<{ readonly message: string }>): string =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => "Something went wrong that nobody foresaw. The log of the server says more.",
    onSome: ({ message }) => message
  })

/** Runs an effect and forgets it: for what shows its result elsewhere. */
export const useRun = () => {
  const { run } = useStudio()
  return useCallback(<A, E>(effect: Effect.Effect<A, E>): void => {
    void run(effect)
  }, [run])
}
