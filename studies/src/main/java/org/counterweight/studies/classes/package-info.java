/** Classes that are rare, or arrive late, in small: Weight Balancing and Weight Aligning on handwritten digits. */
@NullMarked
package org.counterweight.studies.classes;

import org.jspecify.annotations.NullMarked;
