/** Which uuid that the runtime made up stands for which one of the model: each for one, for all of a history. */
import type { Model } from "../../model/Model.ts"

/** What stands for what, as far as it is known. */
export interface Names {
  /** True if these two can be the same; from now on they are. */
  readonly isSame: (ofModel: string | undefined, real: string | undefined) => boolean
  /** The same with the uuids that are known instead of those of the model. */
  readonly translate: <A>(ofModel: A) => A
}

/** A uuid that the model makes up. */
export const madeUuid = (index: number, part: number): string => `made-${index}-${part}.`

const uuidsOf = ({ doubtful, entries, manifests }: Model): ReadonlyArray<string> => [
  ...Object.values(manifests).flatMap((manifest) => manifest?.asset_uuid ?? []),
  ...[...entries, ...doubtful].flatMap(({ asset_uuid }) => asset_uuid ?? [])
]

/** What stands for what in a project that begins like this: those that are there stand for themselves. */
export const makeNames = (start: Model): Names => {
  const reals = new Map<string, string>(uuidsOf(start).map((uuid) => [uuid, uuid]))
  const models = new Map<string, string>(reals)
  return {
    isSame: (ofModel, real) => {
      if (ofModel === undefined || real === undefined) return ofModel === real
      const known = reals.get(ofModel)
      if (known !== undefined) return known === real
      if (models.has(real)) return false
      reals.set(ofModel, real)
      models.set(real, ofModel)
      return true
    },
    translate: (ofModel) =>
      JSON.parse(
        JSON.stringify(ofModel, (_, value) => value ?? null).replaceAll(/made-\d+-\d+\./g, (uuid) =>
          reals.get(uuid) ?? uuid)
      )
  }
}
