/**
 * What drawn samples are judged by: their distance from real ones, diversity, precision and recall; and whether
 * guidance works against what it guides.
 */
@NullMarked
package org.counterweight.guide.figure;

import org.jspecify.annotations.NullMarked;
