import './mantine.css';
import { useApp, useAppState } from '../app-context.ts';
import { PasswordDialog } from './password-dialog.tsx';
import { accountTexts } from './texts.ts';

const said = accountTexts.change;

interface ChangePasswordProps {
  isOpen: boolean;
  onClose: () => void;
}

/** The own password, by the present one. */
export default function ChangePassword({ isOpen, onClose }: ChangePasswordProps) {
  const { client } = useApp();
  const user = useAppState((state) => state.user) ?? '';
  return (
    <PasswordDialog
      title={said.title}
      said={said}
      user={user}
      send={async ({ current, password }) => {
        await client.call('set_password', { user, password, current_password: current });
      }}
      isOpen={isOpen}
      onClose={onClose}
    />
  );
}
