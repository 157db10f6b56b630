/** The files of the demo project: small pictures and sounds, and some assets that are broken on purpose. */
import { type AssetFiles, workspaceFiles } from "prometeu-packer/testing"

import { bricks, button, creature, glyph, ground } from "./Pictures.ts"
import { glide, melody } from "./Wav.ts"

type Files = Readonly<Record<string, string | Uint8Array>>

const kinds = {
  tile_bank: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
  glyph_bank: { format: "GLYPHS/indexed_v1", codec: "none", metadata: { line_height: 16 } },
  sound_bank: { format: "SOUND/pcm_v1", codec: "none", metadata: { sample_rate: 22050 } },
  palette_bank: { format: "PALETTE/rgba_v1", codec: "none", metadata: { colors: 4 } }
}

const listed = (files: ReadonlyArray<string>) => files.map((file, index) => ({ index, file }))

/** An asset with these files, of which all but the last few are in its composition. */
const bank = (name: string, family: keyof typeof kinds, files: Files, spare = 0): AssetFiles => {
  const chosen = Object.keys(files).slice(0, Object.keys(files).length - spare)
  return { manifest: { name, family, output: kinds[family], artifacts: listed(chosen) }, files }
}

const registered = (id: number, asset: AssetFiles, includedInBuild = true): AssetFiles => ({
  ...asset,
  id,
  includedInBuild
})

const palette = (colours: ReadonlyArray<string>): string => `${JSON.stringify({ colors: colours }, null, 2)}\n`

const creatures = (hue: number, seed: number, names: ReadonlyArray<string>): Files =>
  Object.fromEntries(names.map((name, n) => [`${name}.png`, creature(seed + n, (hue + n * 37) % 360)]))

const digits = [
  [0x3e, 0x51, 0x49, 0x45, 0x3e],
  [0x00, 0x42, 0x7f, 0x40, 0x00],
  [0x42, 0x61, 0x51, 0x49, 0x46],
  [0x21, 0x41, 0x45, 0x4b, 0x31],
  [0x18, 0x14, 0x12, 0x7f, 0x10],
  [0x27, 0x45, 0x45, 0x45, 0x39],
  [0x3c, 0x4a, 0x49, 0x49, 0x30],
  [0x01, 0x71, 0x09, 0x05, 0x03],
  [0x36, 0x49, 0x49, 0x49, 0x36],
  [0x06, 0x49, 0x49, 0x29, 0x1e]
]

const assets: Readonly<Record<string, AssetFiles>> = {
  "tiles/meadow": registered(
    1,
    bank("meadow", "tile_bank", {
      "grass.png": ground(1, 110),
      "moss.png": ground(2, 140, 0.35),
      "path.png": ground(3, 38, 0.55),
      "flowers.png": ground(4, 95, 0.5),
      "clover.png": ground(5, 125, 0.4)
    }, 1)
  ),
  "tiles/shore": registered(
    2,
    bank("shore", "tile_bank", {
      "sand.png": ground(11, 45, 0.7),
      "water.png": ground(12, 205, 0.5),
      "deep.png": ground(13, 220, 0.32)
    })
  ),
  "tiles/castle": registered(
    3,
    bank("castle", "tile_bank", {
      "wall.png": bricks(21, 15),
      "wall_old.png": bricks(22, 90),
      "floor.png": ground(23, 250, 0.4),
      "roof.png": bricks(24, 350)
    }, 1)
  ),
  "tiles/volcano": bank("volcano", "tile_bank", {
    "lava.png": ground(31, 18, 0.55),
    "ash.png": ground(32, 260, 0.22)
  }),
  "sprites/heroes": registered(4, bank("heroes", "tile_bank", creatures(210, 41, ["ada", "ben", "cleo", "dan"]))),
  "sprites/monsters": registered(
    5,
    bank("monsters", "tile_bank", creatures(330, 61, ["slime", "bat", "imp", "golem", "wisp", "mimic"]), 2)
  ),
  "sprites/treasures": registered(6, bank("treasures", "tile_bank", creatures(45, 81, ["coin", "gem", "key"])), false),
  "sprites/pets": bank("pets", "tile_bank", creatures(20, 101, ["cat", "owl"])),
  "ui/buttons": registered(
    7,
    bank("buttons", "tile_bank", {
      "confirm.png": button(140, (x, y) => (x < -1 ? y - x === 5 : y + x === 2) && x > -6 && x < 7 && y < 5),
      "cancel.png": button(0, (x, y) => Math.abs(x) === Math.abs(y) && Math.abs(y) < 5),
      "more.png": button(215, (x, y) => (Math.abs(x) < 5 && y === 0) || (x === 0 && Math.abs(y) < 5))
    })
  ),
  "ui/digits": registered(
    8,
    bank(
      "digits",
      "glyph_bank",
      Object.fromEntries(digits.map((columns, n) => [`${n}.png`, glyph(columns)]))
    )
  ),
  "ui/signs": bank("signs", "glyph_bank", {
    "plus.png": glyph([0x08, 0x08, 0x3e, 0x08, 0x08]),
    "heart.png": glyph([0x0e, 0x1f, 0x3e, 0x1f, 0x0e])
  }, 1),
  "sfx/interface": registered(
    9,
    bank("interface", "sound_bank", {
      "click.wav": glide(0.06, 1200, 800),
      "confirm.wav": melody([3, 10], 0.09),
      "cancel.wav": melody([0, -7], 0.09)
    })
  ),
  "sfx/world": registered(
    10,
    bank("world", "sound_bank", {
      "coin.wav": melody([14, 19], 0.08),
      "jump.wav": glide(0.25, 260, 620),
      "hurt.wav": glide(0.3, 440, 110),
      "laser.wav": glide(0.2, 1800, 220)
    }, 1)
  ),
  "sfx/weather": bank("weather", "sound_bank", { "drip.wav": glide(0.08, 900, 1600) }),
  "music/themes": registered(
    11,
    bank("themes", "sound_bank", {
      "meadow.wav": melody([-9, -5, -2, 3, -2, -5, -9, undefined], 0.18),
      "castle.wav": melody([-12, -5, -4, -5, -12, -5, -4, 0], 0.22)
    })
  ),
  "palettes/day": registered(
    12,
    bank("day", "palette_bank", {
      "sky.json": palette(["#8ecae6", "#219ebc", "#023047", "#ffb703"])
    })
  ),
  "palettes/night": registered(
    13,
    bank("night", "palette_bank", {
      "sky.json": palette(["#0b132b", "#1c2541", "#3a506b", "#5bc0be"])
    }),
    false
  ),
  "palettes/retro": bank("retro", "palette_bank", {
    "four.json": palette(["#0f380f", "#306230", "#8bac0f", "#9bbc0f"])
  }),

  "broken/lost_file": registered(14, {
    manifest: { name: "lost_file", output: kinds.tile_bank, artifacts: listed(["there.png", "lost.png"]) },
    files: { "there.png": creature(141, 280) }
  }),
  "broken/not_json": { manifest: "{ \"schema_version\": 1, \"name\": \"not_json\", \n  oops\n", files: {} },
  "broken/no_such_family": registered(15, {
    manifest: { name: "no_such_family", family: "hologram_bank" },
    files: { "ray.png": creature(151, 190) }
  }),
  "broken/gaps": registered(16, {
    manifest: { name: "gaps", artifacts: [{ index: 0, file: "a.png" }, { index: 3, file: "b.png" }] },
    files: { "a.png": creature(161, 60), "b.png": creature(162, 120) }
  }),
  "broken/copy_of_shore": {
    ...bank("shore", "tile_bank", { "sand.png": ground(11, 45, 0.7) }),
    manifest: {
      name: "shore",
      asset_uuid: "0198c0de-7000-7000-8000-000000000002",
      output: kinds.tile_bank,
      artifacts: listed(["sand.png"])
    }
  },
  "broken/odd_metadata": registered(17, {
    manifest: { name: "odd_metadata", output: { ...kinds.tile_bank, metadata: { tile_size: 15 } } },
    files: { "odd.png": creature(171, 300) }
  })
}

/** The files of the demo project, by path relative to its folder. */
export const demoFiles = (): Files => workspaceFiles(assets)

const areas = ["forest", "desert", "tundra", "harbour", "dungeon", "sky", "swamp", "city"]

/** The files of a large project with so many assets: little in each, and one in ten is not registered. */
export const manyFiles = (count: number): Files =>
  workspaceFiles(Object.fromEntries(Array.from({ length: count }, (_, n) => {
    const area = areas[n % areas.length] ?? "forest"
    const name = `${area}_${String(n).padStart(5, "0")}`
    const asset = bank(
      name,
      "tile_bank",
      { "a.png": creature(n, (n * 47) % 360), "b.png": ground(n, (n * 31) % 360) },
      1
    )
    return [`${area}/${name}`, n % 10 === 9 ? asset : registered(n + 1, asset, n % 3 > 0)]
  })))
