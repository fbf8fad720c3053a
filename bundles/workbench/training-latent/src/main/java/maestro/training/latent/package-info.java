/** Training of the latent diffusion model's networks (paper, section 4.1 and appendix B). */
package maestro.training.latent;
