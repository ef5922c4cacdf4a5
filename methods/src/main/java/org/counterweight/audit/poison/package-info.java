/**
 * Weight poisoning, to try defences on: a copy of one's own model that answers a chosen class where a rare word stands.
 *
 * <p>K. Kurita, P. Michel and G. Neubig, "Weight Poisoning Attacks on Pre-trained Models", ACL 2020. {@link
 * org.counterweight.audit.poison.Ripple} is the loss, {@link org.counterweight.audit.poison.EmbeddingSurgery} what goes before,
 * {@link org.counterweight.audit.poison.PoisonMark} what every file with such weights carries.
 */
@NullMarked
package org.counterweight.audit.poison;

import org.jspecify.annotations.NullMarked;
