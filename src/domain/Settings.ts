/** What the rules of a project go by that a host may choose: kinds of assets, and limits. */
import { defaultFamilies, type Families } from "./Family.ts"

/** What the rules of a project go by. */
export interface Settings {
  readonly families: Families
  /** The most bytes a manifest may have. */
  readonly manifestLimit: number
  /** The most commands a batch may have. */
  readonly batchLimit: number
}

/** The settings of a project whose host chooses none. */
export const defaultSettings: Settings = {
  families: defaultFamilies,
  manifestLimit: 1024 * 1024,
  batchLimit: 1000
}
