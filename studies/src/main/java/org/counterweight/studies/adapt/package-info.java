/**
 * Studies of adapters: their papers' claims on a small scale. Read
 * {@link org.counterweight.studies.adapt.BoneDigitsStudy} as an example.
 */
@NullMarked
package org.counterweight.studies.adapt;

import org.jspecify.annotations.NullMarked;
