/**
 * Directories of AdapterHub's library: bottleneck adapters and Compacter, read and written.
 *
 * <p>Start at {@link org.counterweight.adapterhub.AdapterHub}; {@link org.counterweight.adapterhub.AdapterHubConfig} holds
 * their settings against ours. The mathematics is in {@link org.counterweight.adapt}.
 */
@NullMarked
package org.counterweight.adapterhub;

import org.jspecify.annotations.NullMarked;
