"""The shapes of the convolutions, known without torch: (kernel, stride, padding, output padding)."""

Shape = tuple[int, int, int, int]

FEATURE_SIDE = 4  # 28 -> 14 -> 7 -> 4 under three convolutions of stride 2
DOWN: Shape = (3, 2, 1, 0)  # every convolution of the encoder
# Only the second transposed convolution is odd: 4 -> 8 -> 15 -> 30.
UP: tuple[Shape, ...] = ((4, 2, 1, 0), (4, 2, 2, 1), (4, 2, 1, 0))
# The reference pads this convolution (30 -> 30) and then crops one pixel on each side. Without the padding it gives the
# same 28x28 pixels and does not compute the ones that are thrown away.
LAST: Shape = (3, 1, 0, 0)
