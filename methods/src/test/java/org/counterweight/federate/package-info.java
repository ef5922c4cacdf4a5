/** Tests of federated domain adaptation. */
package org.counterweight.federate;
