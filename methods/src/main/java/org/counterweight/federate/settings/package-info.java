/** A recipe's settings of a federation: {@link org.counterweight.federate.settings.FederateConfig}. */
@NullMarked
package org.counterweight.federate.settings;

import org.jspecify.annotations.NullMarked;
