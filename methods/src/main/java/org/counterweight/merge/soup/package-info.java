/** Averages and interpolations: soups, WiSE-FT, LiNeS. Start at {@link org.counterweight.merge.soup.UniformSoupConfig}, the plainest. */
@NullMarked
package org.counterweight.merge.soup;

import org.jspecify.annotations.NullMarked;
