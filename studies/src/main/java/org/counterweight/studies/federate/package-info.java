/** Clients that share no data, in small: FedGP and FedDA on digits that are turned. */
@NullMarked
package org.counterweight.studies.federate;

import org.jspecify.annotations.NullMarked;
