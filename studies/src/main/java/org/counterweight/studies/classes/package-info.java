/**
 * Studies of classes that are rare, or arrive late: Weight Balancing and Weight Aligning on digits, clothes, emoji,
 * nouns and intents.
 */
@NullMarked
package org.counterweight.studies.classes;

import org.jspecify.annotations.NullMarked;
