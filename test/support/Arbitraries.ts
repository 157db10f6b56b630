/** What property tests draw from. */
import { Arbitrary, Schema } from "effect"

/** A whole number between two others, both included. */
export const integer = (minimum: number, maximum: number): Arbitrary.Arbitrary<number> =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** One of some arbitraries. */
export const oneOf = <A>(
  first: Arbitrary.Arbitrary<A>,
  ...others: ReadonlyArray<Arbitrary.Arbitrary<A>>
): Arbitrary.Arbitrary<A> => Arbitrary.flatMap(integer(0, others.length), (index) => others[index - 1] ?? first)

/** One of some values. */
export const pick = <const A>(first: A, ...others: ReadonlyArray<A>): Arbitrary.Arbitrary<A> =>
  oneOf<A>(Arbitrary.Constant(first), ...others.map((value) => Arbitrary.Constant<A>(value)))

/** Sometimes a value. */
export const maybe = <A>(arbitrary: Arbitrary.Arbitrary<A>): Arbitrary.Arbitrary<A | undefined> =>
  oneOf<A | undefined>(arbitrary, Arbitrary.Constant(undefined))

/** Items in another order, which follows from a number above 0. */
export const shuffled = <A>(items: ReadonlyArray<A>, seed: number): ReadonlyArray<A> => {
  const left = [...items]
  let random = seed
  return items.flatMap(() => {
    random = (random * 48_271 + 11) % 2_147_483_647
    return left.splice(random % left.length, 1)
  })
}
