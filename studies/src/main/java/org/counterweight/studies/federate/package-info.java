/** Studies of clients that share no data: FedGP and FedDA on rotated digits and on emoji. */
@NullMarked
package org.counterweight.studies.federate;

import org.jspecify.annotations.NullMarked;
