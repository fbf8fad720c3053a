/** Embeddings by the networks of musical style that this project trains itself. */
package maestro.embedding.stylenetwork;
