/** What kinds of assets there are. */
import * as Context from "effect/Context"

import { defaultFamilies, type Families } from "../domain/Family.ts"

/**
 * What kinds of assets there are: a studio replaces it with its own. What is provided when a project is opened holds as
 * long as that is open.
 */
export const FamilyCatalog = Context.Reference<Families>("prometeu-packer/services/FamilyCatalog", {
  defaultValue: () => defaultFamilies
})
