/**
 * Directories of AdapterHub's library: bottleneck adapters and Compacter, read and written.
 *
 * <p>Start at {@link org.counterweight.formats.adapterhub.AdapterHub}; {@link org.counterweight.formats.adapterhub.AdapterHubConfig} holds
 * their settings against ours. The mathematics is in {@link org.counterweight.adapt}.
 */
@NullMarked
package org.counterweight.formats.adapterhub;

import org.jspecify.annotations.NullMarked;
