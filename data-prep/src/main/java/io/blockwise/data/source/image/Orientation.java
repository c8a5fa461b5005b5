package io.blockwise.data.source.image;

/**
 * Turns square planes upright, by the eight cases of EXIF: how the camera was held, and mirrored or
 * not. Immutable.
 *
 * @param exif 1 to 8
 */
record Orientation(int exif) {
  /** Whether the first column of what is stored is seen at the right, or (turned) at the bottom. */
  private boolean flipsX() {
    return exif == 2 || exif == 3 || exif == 7 || exif == 8;
  }

  private boolean flipsY() {
    return exif == 3 || exif == 4 || exif == 6 || exif == 7;
  }

  private boolean transposes() {
    return exif >= 5;
  }

  /** Where the square in the centre begins, such that it does after turning: rounded down there. */
  int left(int width, int side) {
    return (width - side + (flipsX() ? 1 : 0)) / 2;
  }

  /** The same from the top. */
  int top(int height, int side) {
    return (height - side + (flipsY() ? 1 : 0)) / 2;
  }

  /** An upright copy; the plane itself if it is upright. */
  float[] upright(float[] plane, int side) {
    if (exif == 1) {
      return plane;
    }
    float[] upright = new float[plane.length];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int column = transposes() ? y : x;
        int row = transposes() ? x : y;
        int storedX = flipsX() ? side - 1 - column : column;
        int storedY = flipsY() ? side - 1 - row : row;
        upright[y * side + x] = plane[storedY * side + storedX];
      }
    }
    return upright;
  }
}
