/**
 * What drawn samples are judged by: their distance from real ones, how unlike each other they are, precision and recall; and
 * whether guidance pulls against what it guides.
 */
@NullMarked
package org.counterweight.guide.figure;

import org.jspecify.annotations.NullMarked;
