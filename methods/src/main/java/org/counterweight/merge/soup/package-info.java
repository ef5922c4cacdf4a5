/** Averages and interpolations: soups, WiSE-FT, LiNeS, TIES. Start at {@link org.counterweight.merge.soup.UniformSoup}, the plainest. */
@NullMarked
package org.counterweight.merge.soup;

import org.jspecify.annotations.NullMarked;
