/** Tests of FewGen. */
package org.counterweight.fewgen;
