/** What the tests of every module share: comparing tensors, golden cases, seeded draws. */
package org.counterweight.testing;
