/**
 * Experts: how networks are trained on the real data whose ways are matched afterwards, so that these ways are strong and yet
 * smooth enough to be followed. AST.
 */
@NullMarked
package org.counterweight.distill.expert;

import org.jspecify.annotations.NullMarked;
