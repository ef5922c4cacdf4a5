/**
 * Small files beside merged weights: how a conversation becomes a text ({@link
 * org.counterweight.merge.companion.ChatTemplates}), and settings in JSON.
 */
@NullMarked
package org.counterweight.merge.companion;

import org.jspecify.annotations.NullMarked;
